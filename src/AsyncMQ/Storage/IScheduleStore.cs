namespace AsyncMQ.Storage;

/// <summary>
/// The part of the contract for durable schedules, designed with the rest; a store joins it when schedules become public. The core computes times
/// (cron is not for Lua or SQL); the store keeps revisions and fires by compare-and-set.
/// </summary>
public interface IScheduleStore
{
    /// <summary>Creates or replaces a schedule; each change gives it a new revision and the next time it carries.</summary>
    ValueTask<ScheduleRecord> UpsertAsync(StepId step, ScheduleChange change, CancellationToken cancellationToken);

    /// <summary>Pauses, resumes (with a new next time) or removes a schedule of the expected revision; null revision: any. Null when there is none.</summary>
    ValueTask<ScheduleRecord?> ChangeAsync(StepId step, ScheduleCommand command, CancellationToken cancellationToken);

    /// <summary>Schedules of a queue, by id, behind <paramref name="after"/>.</summary>
    ValueTask<IReadOnlyList<ScheduleRecord>> ListAsync(string queue, string? after, int take, CancellationToken cancellationToken);

    /// <summary>Schedules whose time has come, oldest first, at most <paramref name="limit"/>, and how long until the next one.</summary>
    ValueTask<DueSchedules> DueAsync(int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Fires occurrences: for each tick whose revision and expected next time still stand, sets the new next time and adds the jobs, in one step. A tick
    /// that lost the race changes nothing and says so. Any number of schedulers may try.
    /// </summary>
    ValueTask<IReadOnlyList<bool>> TickAsync(StepId step, IReadOnlyList<ScheduleTick> ticks, CancellationToken cancellationToken);
}

/// <summary>A schedule to create or replace.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="Id">The schedule's id, unique in the queue.</param>
/// <param name="Definition">Rule and job: opaque bytes of the core.</param>
/// <param name="Next">The next time; null: never.</param>
public sealed record ScheduleChange(string Queue, string Id, ReadOnlyMemory<byte> Definition, DateTimeOffset? Next);

/// <summary>What to do with a schedule.</summary>
public enum ScheduleAction : byte
{
    /// <summary>Stop firing.</summary>
    Pause = 0,

    /// <summary>Fire again, next at the time given.</summary>
    Resume = 1,

    /// <summary>Delete it.</summary>
    Remove = 2,
}

/// <summary>A command for one schedule.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="Id">The schedule's id.</param>
/// <param name="Action">What to do.</param>
/// <param name="Revision">The revision expected; null: any.</param>
/// <param name="Next">For Resume: the next time.</param>
public sealed record ScheduleCommand(string Queue, string Id, ScheduleAction Action, long? Revision, DateTimeOffset? Next);

/// <summary>A schedule as stored.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="Id">The schedule's id.</param>
/// <param name="Revision">Counts changes of the definition.</param>
/// <param name="Definition">Opaque bytes of the core.</param>
/// <param name="Next">The next time; null: never, or paused.</param>
/// <param name="IsPaused">True while paused.</param>
/// <param name="LastFired">When it last fired.</param>
public sealed record ScheduleRecord(
    string Queue, string Id, long Revision, ReadOnlyMemory<byte> Definition, DateTimeOffset? Next, bool IsPaused, DateTimeOffset? LastFired);

/// <summary>Schedules whose time has come.</summary>
/// <param name="Schedules">Oldest first.</param>
/// <param name="NextDue">How long until the next one not listed; null: none.</param>
public sealed record DueSchedules(IReadOnlyList<ScheduleRecord> Schedules, TimeSpan? NextDue);

/// <summary>One firing.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="Id">The schedule's id.</param>
/// <param name="Revision">The revision expected.</param>
/// <param name="Expected">The next time expected: the occurrence that fires.</param>
/// <param name="Next">The next time from now on.</param>
/// <param name="Occurrences">The jobs to add; their ids begin with <c>@</c> and name schedule and time.</param>
public sealed record ScheduleTick(
    string Queue, string Id, long Revision, DateTimeOffset Expected, DateTimeOffset? Next, IReadOnlyList<NewJob> Occurrences);
