namespace AsyncMQ.Conformance.Model;

/// <content>Flows and schedules side by side.</content>
internal sealed partial class World
{
    /// <summary>The store's number for each of the model's revisions.</summary>
    private readonly Dictionary<(string Queue, string Id), Dictionary<long, long>> revisions = [];

    public long RevisionOf(ModelSchedule schedule) => revisions[(schedule.Queue, schedule.Id)][schedule.Revision];

    /// <summary>All that a schedule of this name ever had.</summary>
    public IEnumerable<long> RevisionsOf(string queue, string id) => revisions.GetValueOrDefault((queue, id))?.Values.AsEnumerable() ?? [];

    /// <summary>A revision of which the store has told no number, since it came about in the step under way, is one that nobody can expect.</summary>
    public bool HasRevision(string queue, string id, long? expected) => Model.FindSchedule(queue, id) is { } schedule
        ? revisions[(queue, id)].TryGetValue(schedule.Revision, out long actual) && actual == expected
        : expected is null;

    /// <summary>A time that every store keeps whole.</summary>
    public static DateTimeOffset ToSecond(DateTimeOffset time) => new(time.Ticks - (time.Ticks % TimeSpan.TicksPerSecond), time.Offset);

    public void CompareSchedule(ModelSchedule? model, ScheduleRecord? record, string what)
    {
        Same(model is null, record is null, $"absence of {what}");
        if (model is null || record is null)
            return;
        Same($"{model.Queue}/{model.Id}", $"{record.Queue}/{record.Id}", $"name of {what}");
        Same(model.Definition, record.Definition.Text(), $"definition of {what}");
        Same(model.Next, record.Next, $"next time of {what}");
        Same(model.IsPaused, record.IsPaused, $"pause of {what}");
        Same(model.Runs, record.Runs, $"runs of {what}");
        Same(model.LastJobId, record.LastJobId, $"last job of {what}");
        SameTime(model.LastFiredAt, record.LastFiredAt, $"last firing of {what}");
        SameTime(model.CreatedAt, record.CreatedAt, $"creation of {what}");
        LearnRevision(model, record.Revision, what);
    }

    /// <summary>Whatever number the store has for a revision stays that, and never comes again.</summary>
    private void LearnRevision(ModelSchedule model, long actual, string what)
    {
        if (!revisions.TryGetValue((model.Queue, model.Id), out Dictionary<long, long>? known))
            known = revisions[(model.Queue, model.Id)] = [];
        if (!known.ContainsKey(model.Revision) && known.ContainsValue(actual))
            throw new DifferenceException($"{what} has a revision, {actual}, that it had before");
        known.TryAdd(model.Revision, actual);
        Same(known[model.Revision], actual, $"revision of {what}");
    }

    private async Task CompareSchedulesAsync(string queue)
    {
        ModelSchedule[] models = [.. Model.Queues.GetValueOrDefault(queue)?.Schedules.Values ?? Enumerable.Empty<ModelSchedule>()];
        IReadOnlyList<ScheduleRecord> records = await Store.SchedulesAsync(queue, null, 1_000, default);
        Same(InOrder(models.Select(one => one.Id)), InOrder(records.Select(one => one.Id)), $"schedules of {queue}");
        foreach ((ModelSchedule model, ScheduleRecord record) in models.Zip(records))
        {
            string what = $"schedule {model.Queue}/{model.Id}";
            CompareSchedule(model, record, what);
            IReadOnlyList<OccurrenceRecord> occurrences = await Store.OccurrencesAsync(queue, model.Id, 1_000, default);
            OccurrenceRecord[] expected = [.. model.Occurrences.AsEnumerable().Reverse().Take(OccurrenceRecord.MostKept)];
            Same(InOrder(expected.Select(InWords)), InOrder(occurrences.Select(InWords)), $"history of {what}");
            foreach ((OccurrenceRecord one, OccurrenceRecord other) in expected.Zip(occurrences))
            {
                SameTime(one.DueAt, other.DueAt, $"time of an occurrence of {what}");
                SameTime(one.At, other.At, $"decision of an occurrence of {what}");
            }
        }

        static string InWords(OccurrenceRecord one) => $"{one.Outcome} {one.JobId}";
    }

    private async Task CompareDueAsync()
    {
        DueSchedules due = await Store.DueAsync(1_000, default);
        // Those that are due at the same moment come in any order among themselves.
        ModelSchedule[] expected = [.. Model.Coming.Where(schedule => schedule.Next <= Now).OrderBy(schedule => schedule.Next)
            .ThenBy(schedule => due.Schedules.TakeWhile(one => one.Queue != schedule.Queue || one.Id != schedule.Id).Count())];
        Same(InOrder(expected.Select(one => $"{one.Queue}/{one.Id}")), InOrder(due.Schedules.Select(one => $"{one.Queue}/{one.Id}")), "due schedules");
        foreach ((ModelSchedule model, ScheduleRecord record) in expected.Zip(due.Schedules))
            CompareSchedule(model, record, $"due {model.Queue}/{model.Id}");
        SameSpan(UntilNext(expected.Length), due.NextDue, "time until the next due schedule");
        SameTime(Now, due.Now, "time of the due schedules");

        DueSchedules first = await Store.DueAsync(1, default);
        Same(Math.Min(1, expected.Length), first.Schedules.Count, "one due schedule");
        SameSpan(UntilNext(first.Schedules.Count), first.NextDue, "time until the second due schedule");
    }

    /// <summary>How long until the schedule at this place of those that are to come is due.</summary>
    public TimeSpan? UntilNext(int place) =>
        Model.Coming.ElementAtOrDefault(place)?.Next - Now is { } span ? span > TimeSpan.Zero ? span : TimeSpan.Zero : null;

    public static void SameSpan(TimeSpan? expected, TimeSpan? actual, string what)
    {
        if (expected is null ? actual is not null : !((expected - actual)?.Duration() < Aside))
            throw new DifferenceException($"{what}: the model says <{expected}>, the store <{actual}>");
    }

    private async Task CompareFlowsAsync()
    {
        ModelFlow[] flows = [.. Model.Flows];
        IReadOnlyList<FlowRecord> records = await Store.FlowsAsync(null, 1_000, default);
        Same(InOrder(flows.Select(InWords)), InOrder(records.Select(Words)), "flows");
        for (int i = 0; i < flows.Length; i++)
        {
            SameTime(flows[i].AddedAt, records[i].AddedAt, $"add time of flow {flows[i].Id}");
            StorePage page = await Store.FlowJobsAsync(flows[i].Id, null, 1_000, JobParts.None, default);
            Same(InOrder(Model.JobsOf(flows[i]).Select(job => job.Ref)), InOrder(page.Jobs.Select(job => job.Ref)), $"jobs of flow {flows[i].Id}");
        }

        foreach (string id in Draws.FlowIds)
        {
            string? expected = Model.FlowNamed(id) is { } flow ? InWords(flow) : null;
            Same(expected, await Store.FindFlowAsync(id, default) is { } found ? Words(found) : null, $"flow {id}");
        }

        if (records.Count > 1)
            Same(flows[1].Id, (await Store.FlowsAsync(records[0].Number, 1, default))[0].Id, "the second flow");

        string InWords(ModelFlow flow)
        {
            ModelJob[] jobs = Model.JobsOf(flow);
            return $"{flow.Id} {jobs.Length} {jobs.Count(job => !job.State.IsFinal())} {jobs.Count(job => job.State == JobState.Completed)}";
        }

        static string Words(FlowRecord flow) => $"{flow.Id} {flow.Jobs} {flow.Unended} {flow.Completed}";
    }
}
