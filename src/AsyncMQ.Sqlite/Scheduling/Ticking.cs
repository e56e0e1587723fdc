using AsyncMQ.Sqlite.Linking;
using AsyncMQ.Sqlite.Producing;
using AsyncMQ.Sqlite.Records;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Scheduling;

/// <summary>Fires schedules, each by compare-and-set, or one by hand.</summary>
internal sealed class Ticking(Books books, Schedules schedules, Adding adding, TakenIds ids, Spreading spreading)
{
    public TickReply Run(TickStep step)
    {
        SessionEntry session = books.Sessions.Require(step.Step);
        if (books.Sessions.Replay(session, step.Step) is { } before)
            return new(Array.ConvertAll(before, static outcome => (ScheduleOutcome)outcome));

        var outcomes = new ScheduleOutcome[step.Ticks.Count];
        for (int i = 0; i < outcomes.Length; i++)
            outcomes[i] = Tick(step.Ticks[i]);
        spreading.WorkOff();

        if (Array.Exists(outcomes, static outcome => outcome == ScheduleOutcome.Done))
            books.Sessions.Keep(session, step.Step, Array.ConvertAll(outcomes, static outcome => (byte)outcome));
        return new(outcomes);
    }

    /// <summary>Adds a job for a schedule by hand. Returns the id of the job that stands for it.</summary>
    public string Trigger(ScheduleRow schedule, NewJob job)
    {
        AddFor(schedule, job, Ticks.ToTime(books.Now), OccurrenceOutcome.Triggered);
        schedules.Save(schedule);
        schedules.Trim(schedule);
        return schedule.LastJobId!;
    }

    private ScheduleOutcome Tick(ScheduleTick tick)
    {
        if (schedules.Find(tick.Queue, tick.Id) is not { } schedule)
            return ScheduleOutcome.NotFound;
        if (schedule.Queue.IsClosed)
            return ScheduleOutcome.QueueClosed;
        if (schedule.IsPaused || schedule.Revision != tick.Expected)
            return ScheduleOutcome.Conflict;

        for (int i = 0; i < tick.Occurrences.Count && !HasRunOut(schedule, tick); i++)
            Fire(schedule, tick.Occurrences[i], tick.SkipWhileUnended);
        schedule.Revision = books.Ledger.NextNumber();
        schedule.Next = HasRunOut(schedule, tick) ? null : tick.Next;
        schedules.Save(schedule);
        schedules.Trim(schedule);
        return ScheduleOutcome.Done;
    }

    private static bool HasRunOut(ScheduleRow schedule, ScheduleTick tick) => schedule.Runs >= tick.MaxRuns;

    private void Fire(ScheduleRow schedule, NewOccurrence occurrence, bool skipWhileUnended)
    {
        if (occurrence.Job is not { } job)
        {
            schedules.Note(schedule, occurrence.DueAt, OccurrenceOutcome.Missed, null);
        }
        else if (skipWhileUnended && HasUnendedJob(schedule))
        {
            schedules.Note(schedule, occurrence.DueAt, OccurrenceOutcome.Overlapped, null);
        }
        else if (AddFor(schedule, job, occurrence.DueAt, OccurrenceOutcome.Added) == OccurrenceOutcome.Added)
        {
            schedule.Runs++;
            schedule.Fired = books.Now;
        }
    }

    /// <summary>Adds a job for a schedule, as any other add would, and notes what came of it.</summary>
    private OccurrenceOutcome AddFor(ScheduleRow schedule, NewJob job, DateTimeOffset dueAt, OccurrenceOutcome whenAdded)
    {
        AddedJob added = adding.AddAlone(job);
        OccurrenceOutcome outcome = added.Outcome == AddOutcome.Deduplicated ? OccurrenceOutcome.Deduplicated : whenAdded;
        schedule.LastJobId = added.Id;
        schedules.Note(schedule, dueAt, outcome, added.Id);
        return outcome;
    }

    private bool HasUnendedJob(ScheduleRow schedule) =>
        schedule.LastJobId is { } last && ids.Find(schedule.Queue, last) is { } job && !job.State.IsFinal();
}
