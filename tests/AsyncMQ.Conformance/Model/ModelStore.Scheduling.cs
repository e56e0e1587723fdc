namespace AsyncMQ.Conformance.Model;

/// <content>Schedules.</content>
internal sealed partial class ModelStore
{
    private long lastRevision;

    public IEnumerable<ModelSchedule> Schedules => Queues.Values.SelectMany(queue => queue.Schedules.Values);

    /// <summary>Those whose time has come or will come, the next first.</summary>
    public IEnumerable<ModelSchedule> Coming =>
        Queues.Values.Where(queue => !queue.IsClosed).SelectMany(queue => queue.Schedules.Values)
            .Where(schedule => schedule is { IsPaused: false, Next: not null }).OrderBy(schedule => schedule.Next);

    public ModelSchedule? FindSchedule(string queue, string id) => Queues.GetValueOrDefault(queue)?.Schedules.GetValueOrDefault(id);

    private bool IsClosed(string queue) => Queues.GetValueOrDefault(queue)?.IsClosed == true;

    /// <param name="step">What is asked.</param>
    /// <param name="isExpected">Whether the revision that it expects is that of the schedule which is there.</param>
    public ScheduleOutcome Upsert(UpsertScheduleStep step, bool isExpected)
    {
        if (IsClosed(step.Queue))
            return ScheduleOutcome.QueueClosed;
        ModelSchedule? found = FindSchedule(step.Queue, step.Id);
        if (found is null && step.Expected is not null)
            return ScheduleOutcome.NotFound;
        if (found is not null && !isExpected)
            return ScheduleOutcome.Conflict;

        ModelSchedule schedule = found ?? new(step.Queue, step.Id, Now);
        QueueNamed(step.Queue).Schedules[step.Id] = schedule;
        (schedule.Definition, schedule.Next, schedule.Revision) = (step.Definition.Text(), step.Next, ++lastRevision);
        schedule.IsPaused = step.Paused ?? schedule.IsPaused;
        return ScheduleOutcome.Done;
    }

    public (ScheduleOutcome Outcome, string? JobId) Change(ChangeScheduleStep step, bool isExpected)
    {
        if (FindSchedule(step.Queue, step.Id) is not { } schedule)
            return (ScheduleOutcome.NotFound, null);
        switch (step.Command)
        {
            case ScheduleCommand.Pause when !schedule.IsPaused:
                (schedule.IsPaused, schedule.Revision) = (true, ++lastRevision);
                return (ScheduleOutcome.Done, null);
            case ScheduleCommand.Resume when schedule.IsPaused && !isExpected:
                return (ScheduleOutcome.Conflict, null);
            case ScheduleCommand.Resume resume when schedule.IsPaused:
                (schedule.IsPaused, schedule.Next, schedule.Revision) = (false, resume.Next, ++lastRevision);
                return (ScheduleOutcome.Done, null);
            case ScheduleCommand.Remove:
                Queues[step.Queue].Schedules.Remove(step.Id);
                return (ScheduleOutcome.Done, null);
            case ScheduleCommand.Trigger when IsClosed(step.Queue):
                return (ScheduleOutcome.QueueClosed, null);
            case ScheduleCommand.Trigger trigger:
                return (ScheduleOutcome.Done, Occur(schedule, new(Now, trigger.Job), OccurrenceOutcome.Triggered));
            default:
                return (ScheduleOutcome.Done, null);
        }
    }

    public ScheduleOutcome[] Tick(TickStep step, Func<ScheduleTick, bool> isExpected)
    {
        ScheduleOutcome[] outcomes = [.. step.Ticks.Select(tick => Tick(tick, isExpected(tick)))];
        WorkOff();
        return outcomes;
    }

    private ScheduleOutcome Tick(ScheduleTick tick, bool isExpected)
    {
        if (FindSchedule(tick.Queue, tick.Id) is not { } schedule)
            return ScheduleOutcome.NotFound;
        if (IsClosed(tick.Queue))
            return ScheduleOutcome.QueueClosed;
        if (!isExpected || schedule.IsPaused)
            return ScheduleOutcome.Conflict;

        (schedule.Next, schedule.Revision) = (tick.Next, ++lastRevision);
        foreach (NewOccurrence occurrence in tick.Occurrences.TakeWhile(_ => !(schedule.Runs >= tick.MaxRuns)))
        {
            if (occurrence.Job is null)
                Note(schedule, occurrence, OccurrenceOutcome.Missed, null);
            else if (tick.SkipWhileUnended && schedule.LastJobId is { } last && Find(new(tick.Queue, last))?.State.IsFinal() == false)
                Note(schedule, occurrence, OccurrenceOutcome.Overlapped, null);
            else
                Occur(schedule, occurrence, OccurrenceOutcome.Added);
        }

        if (schedule.Runs >= tick.MaxRuns)
            schedule.Next = null;
        return ScheduleOutcome.Done;
    }

    private string Occur(ModelSchedule schedule, NewOccurrence occurrence, OccurrenceOutcome outcome)
    {
        AddedJob added = Add(occurrence.Job!);
        outcome = added.Outcome == AddOutcome.Deduplicated ? OccurrenceOutcome.Deduplicated : outcome;
        schedule.LastJobId = added.Id;
        if (outcome == OccurrenceOutcome.Added)
            (schedule.Runs, schedule.LastFiredAt) = (schedule.Runs + 1, Now);
        Note(schedule, occurrence, outcome, added.Id);
        return added.Id;
    }

    private void Note(ModelSchedule schedule, NewOccurrence occurrence, OccurrenceOutcome outcome, string? jobId) =>
        schedule.Occurrences.Add(new(occurrence.DueAt, Now, outcome, jobId));
}
