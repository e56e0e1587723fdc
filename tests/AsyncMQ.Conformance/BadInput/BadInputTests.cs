using System.Globalization;

namespace AsyncMQ.Conformance;

/// <summary>
/// What must be refused: with the right exception, a message that says what was wrong and what would be right and shows no payload, and a store that is
/// the same after as before.
/// </summary>
public abstract class BadInputTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Theory]
    [MemberData(nameof(BadAdds.Names), MemberType = typeof(BadAdds))]
    public Task An_add_is_refused_for_its_names_and_options(string name) => Refused(BadAdds.All, name);

    [Theory]
    [MemberData(nameof(BadPayloads.Names), MemberType = typeof(BadPayloads))]
    public Task An_add_is_refused_for_its_payload(string name) => Refused(BadPayloads.All, name);

    [Theory]
    [MemberData(nameof(BadDocuments.Names), MemberType = typeof(BadDocuments))]
    public Task A_raw_document_is_refused(string name) => Refused(BadDocuments.All, name);

    [Theory]
    [MemberData(nameof(BadBulks.Names), MemberType = typeof(BadBulks))]
    public Task A_bulk_is_refused_whole(string name) => Refused(BadBulks.All, name);

    [Theory]
    [MemberData(nameof(BadLooks.Names), MemberType = typeof(BadLooks))]
    public Task A_question_or_change_is_refused(string name) => Refused(BadLooks.All, name);

    [Theory]
    [MemberData(nameof(BadFlows.Names), MemberType = typeof(BadFlows))]
    public Task A_dependency_or_flow_is_refused(string name) => Refused(BadFlows.All, name);

    [Theory]
    [MemberData(nameof(BadSchedules.Names), MemberType = typeof(BadSchedules))]
    public Task A_schedule_or_repeatable_is_refused(string name) => Refused(BadSchedules.All, name);

    [Theory]
    [MemberData(nameof(BadLimits.Names), MemberType = typeof(BadLimits))]
    public Task A_key_limit_or_hold_is_refused(string name) => Refused(BadLimits.All, name);

    [Theory]
    [MemberData(nameof(BadEvents.Names), MemberType = typeof(BadEvents))]
    public Task A_subscription_is_refused(string name) => Refused(BadEvents.All, name);

    [Theory]
    [MemberData(nameof(BadWorkers.Names), MemberType = typeof(BadWorkers))]
    public Task A_call_about_workers_is_refused(string name) => Refused(BadWorkers.All, name);

    [Theory]
    [MemberData(nameof(BadMetrics.Names), MemberType = typeof(BadMetrics))]
    public Task A_question_about_figures_is_refused(string name) => Refused(BadMetrics.All, name);

    private async Task Refused(IReadOnlyList<BadCall> table, string name)
    {
        BadCall bad = table.Single(call => call.Name == name);
        await FillAsync();
        string before = await SnapshotAsync();
        await using AsyncMQHost mq = Store.Host();

        Exception? thrown = await Record.ExceptionAsync(() => bad.Call(mq));

        Assert.True(thrown is not null, "It was not refused.");
        if (bad.Exception == typeof(OperationCanceledException))
            Assert.IsType<OperationCanceledException>(thrown, exactMatch: false);
        else
            Assert.IsType(bad.Exception, thrown);
        Assert.All(bad.Says, said => Assert.Contains(said, thrown.Message, StringComparison.Ordinal));
        Assert.DoesNotContain(BadCall.Secret, thrown.ToString(), StringComparison.Ordinal);
        Assert.InRange(thrown.Message.Length, 1, 2_000);
        Assert.DoesNotContain(thrown.Message, c => char.IsControl(c) && c is not ('\n' or '\r'));
        Assert.Equal(before, await SnapshotAsync());
    }

    /// <summary>A store with something of everything in it.</summary>
    private async Task FillAsync()
    {
        await Store.Bring("completed", JobState.Completed);
        await Store.Bring("active", JobState.Active);
        await Store.Add(Job("waiting").Deduplicated("held"));
        await Store.AddBulk(Job("waiting-too"), Job("of-a-key").WithKey("k"));
        await Store.Add(Job("delayed").Delayed(1.Hours()).In("mail"));
        await using AsyncMQHost mq = Store.Host();
        await mq.Queue().UpsertRepeatableAsync("kept", Schedule.Every(1.Hours()), JobSpec.Of("work", ["kept"]));
    }

    private async Task<string> SnapshotAsync()
    {
        var lines = new List<string>();
        foreach (QueueRecord queue in await Store.Store.QueuesAsync(Cancellation))
        {
            QueueCounts counts = await Store.Counts(queue.Name);
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{queue.Name} paused {queue.IsPaused} closed {queue.IsClosed}: {string.Join(' ', counts.ByState)}"));
            foreach (JobState state in Enum.GetValues<JobState>())
            {
                StorePage page = await Store.Store.PageAsync(new() { Queue = queue.Name, State = state, Take = 1_000, Parts = JobParts.All }, Cancellation);
                lines.AddRange(page.Jobs.Select(job => $"{job.Ref} {job.Name} {job.State} {job.Key} {job.Attempt} {job.Payload.Text()} {job.Result.Text()} {job.DueAt:O}"));
            }

            IReadOnlyList<ScheduleRecord> schedules = await Store.Store.SchedulesAsync(queue.Name, null, 1_000, Cancellation);
            lines.Add($"limits {queue.Limits}, held until {queue.HeldUntil:O}");
            lines.AddRange((await Store.Store.KeysAsync(queue.Name, null, 1_000, Cancellation)).Select(key => $"{key}"));
            lines.AddRange(schedules.Select(schedule => $"schedule {schedule.Queue}/{schedule.Id} {schedule.Revision} {schedule.Definition.Text()} {schedule.Next:O} {schedule.IsPaused} {schedule.Runs} {schedule.LastJobId}"));
        }

        lines.AddRange((await Store.Store.FlowsAsync(null, 1_000, Cancellation)).Select(flow => $"flow {flow}"));
        lines.AddRange((await Store.Store.SessionsAsync(Cancellation)).Select(session => $"session {session.Info.Id} quiet {session.IsQuiet}"));
        lines.Add($"held by {await Store.OwnerOf("held")}");
        lines.AddRange(await Store.Store.AuditAsync(Cancellation));
        return string.Join('\n', lines);
    }
}
