using AsyncMQ.Storage;

namespace AsyncMQ.InMemory;

/// <content>Tick: schedules fire, each by compare-and-set. And Trigger, which fires one by hand.</content>
internal sealed partial class InMemoryJobStore
{
    public ValueTask<TickReply> TickAsync(TickStep step, CancellationToken cancellationToken) =>
        RunOnce(step.Step, step, static (store, step) => store.Tick(step), cancellationToken);

    private TickReply Tick(TickStep step)
    {
        var outcomes = new ScheduleOutcome[step.Ticks.Count];
        for (int i = 0; i < outcomes.Length; i++)
            outcomes[i] = Tick(step.Ticks[i]);
        SpreadEffects();
        return new(outcomes);
    }

    private ScheduleOutcome Tick(ScheduleTick tick)
    {
        if (FindSchedule(tick.Queue, tick.Id) is not { } schedule)
            return ScheduleOutcome.NotFound;
        if (schedule.Queue.IsClosed)
            return ScheduleOutcome.QueueClosed;
        if (schedule.IsPaused || schedule.Revision != tick.Expected)
            return ScheduleOutcome.Conflict;

        for (int i = 0; i < tick.Occurrences.Count && !HasRunOut(schedule, tick); i++)
            Fire(schedule, tick.Occurrences[i], tick.SkipWhileUnended);
        schedule.Revision = NextNumber();
        SetNext(schedule, HasRunOut(schedule, tick) ? long.MaxValue : tick.Next?.UtcTicks ?? long.MaxValue, paused: false);
        return ScheduleOutcome.Done;
    }

    private static bool HasRunOut(StoredSchedule schedule, ScheduleTick tick) => schedule.Runs >= tick.MaxRuns;

    private void Fire(StoredSchedule schedule, NewOccurrence occurrence, bool skipWhileUnended)
    {
        if (occurrence.Job is not { } job)
        {
            Note(schedule, occurrence.DueAt, OccurrenceOutcome.Missed, null);
            return;
        }

        if (skipWhileUnended && HasUnendedJob(schedule))
        {
            Note(schedule, occurrence.DueAt, OccurrenceOutcome.Overlapped, null);
            return;
        }

        if (AddFor(schedule, job, occurrence.DueAt, OccurrenceOutcome.Added) == OccurrenceOutcome.Added)
        {
            schedule.Runs++;
            schedule.LastFiredAt = now;
        }
    }

    private string Trigger(StoredSchedule schedule, NewJob job)
    {
        AddFor(schedule, job, ToTime(now), OccurrenceOutcome.Triggered);
        return schedule.LastJobId!;
    }

    /// <summary>Adds a job for a schedule, as any other add would, and notes what came of it.</summary>
    private OccurrenceOutcome AddFor(StoredSchedule schedule, NewJob job, DateTimeOffset dueAt, OccurrenceOutcome whenAdded)
    {
        AddedJob added = AddJob(job, links: null);
        OccurrenceOutcome outcome = added.Outcome == AddOutcome.Deduplicated ? OccurrenceOutcome.Deduplicated : whenAdded;
        schedule.LastJobId = added.Id;
        Note(schedule, dueAt, outcome, added.Id);
        return outcome;
    }

    private static bool HasUnendedJob(StoredSchedule schedule) =>
        schedule.LastJobId is { } id && schedule.Queue.Jobs.TryGetValue(id, out JobEntry? last) && !last.State.IsFinal();

    private void Note(StoredSchedule schedule, DateTimeOffset dueAt, OccurrenceOutcome outcome, string? jobId) =>
        schedule.Note(new(dueAt, ToTime(now), outcome, jobId));
}
