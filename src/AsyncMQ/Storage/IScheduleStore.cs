namespace AsyncMQ.Storage;

/// <summary>
/// The part of the contract for durable schedules. The core computes times (cron is not for Lua or SQL); the store keeps revisions and fires by
/// compare-and-set, so that any number of schedulers may try.
/// </summary>
public interface IScheduleStore
{
    /// <summary>
    /// Creates or replaces a schedule, if it is as expected. Its run count and history stay. A schedule makes its queue's record. Refused with
    /// <see cref="ScheduleOutcome.QueueClosed"/> while the queue is being obliterated; deleting a queue deletes its schedules.
    /// </summary>
    ValueTask<ScheduleReply> UpsertScheduleAsync(UpsertScheduleStep step, CancellationToken cancellationToken);

    /// <summary>One command on a schedule.</summary>
    ValueTask<ScheduleReply> ChangeScheduleAsync(ChangeScheduleStep step, CancellationToken cancellationToken);

    /// <summary>
    /// Fires schedules: for each tick whose revision still stands, and whose schedule is not paused, its queue not closed, sets the next time and adds
    /// the jobs, as <see cref="IJobStore.AddAsync"/> would, all in one step. A tick that lost the race changes nothing and says so.
    /// </summary>
    ValueTask<TickReply> TickAsync(TickStep step, CancellationToken cancellationToken);

    /// <summary>A schedule by name; null: there is none.</summary>
    ValueTask<ScheduleRecord?> FindScheduleAsync(string queue, string id, CancellationToken cancellationToken);

    /// <summary>The schedules of a queue, in ordinal order of id.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="after">Only those behind this id; null: from the first on.</param>
    /// <param name="take">The most records, 1 to 1 000.</param>
    /// <param name="cancellationToken">Abandons the wait.</param>
    ValueTask<IReadOnlyList<ScheduleRecord>> SchedulesAsync(string queue, string? after, int take, CancellationToken cancellationToken);

    /// <summary>Schedules whose time has come, longest due first; not paused ones, nor those of closed queues. Costs the same however many are not due.</summary>
    /// <param name="limit">The most schedules, 1 to 1 000.</param>
    /// <param name="cancellationToken">Abandons the wait.</param>
    ValueTask<DueSchedules> DueAsync(int limit, CancellationToken cancellationToken);

    /// <summary>The last occurrences of a schedule, latest first; the store keeps <see cref="OccurrenceRecord.MostKept"/>.</summary>
    ValueTask<IReadOnlyList<OccurrenceRecord>> OccurrencesAsync(string queue, string id, int take, CancellationToken cancellationToken);
}

/// <summary>A schedule to create or replace.</summary>
public sealed record UpsertScheduleStep
{
    /// <summary>The step's name.</summary>
    public required StepId Step { get; init; }

    /// <summary>The queue.</summary>
    public required string Queue { get; init; }

    /// <summary>The schedule's id, unique in the queue.</summary>
    public required string Id { get; init; }

    /// <summary>The revision that it must have; null: there must be none.</summary>
    public required long? Expected { get; init; }

    /// <summary>Rule and job: opaque bytes of the core.</summary>
    public required ReadOnlyMemory<byte> Definition { get; init; }

    /// <summary>The next time; null: never.</summary>
    public required DateTimeOffset? Next { get; init; }

    /// <summary>Paused or not; null: as it is, a new one not.</summary>
    public bool? Paused { get; init; }
}

/// <summary>A command for one schedule.</summary>
/// <param name="Step">The step's name.</param>
/// <param name="Queue">The queue.</param>
/// <param name="Id">The schedule's id.</param>
/// <param name="Command">What to do.</param>
public sealed record ChangeScheduleStep(StepId Step, string Queue, string Id, ScheduleCommand Command);

/// <summary>What to do with a schedule.</summary>
public abstract record ScheduleCommand
{
    private ScheduleCommand()
    {
    }

    /// <summary>It fires no more. Repeatable; a paused one keeps its revision.</summary>
    public sealed record Pause : ScheduleCommand;

    /// <summary>It fires again. One that is not paused stays as it is, and is answered Done.</summary>
    /// <param name="Expected">The revision that it must have.</param>
    /// <param name="Next">Its next time; null: never.</param>
    public sealed record Resume(long Expected, DateTimeOffset? Next) : ScheduleCommand;

    /// <summary>It is deleted with its history. Its jobs stay.</summary>
    public sealed record Remove : ScheduleCommand;

    /// <summary>Adds a job now, paused or not, in spite of a job that runs; neither its next time nor its run count changes. Kept in its history.</summary>
    /// <param name="Job">The job.</param>
    public sealed record Trigger(NewJob Job) : ScheduleCommand;
}

/// <summary>What a step did to a schedule.</summary>
public enum ScheduleOutcome : byte
{
    /// <summary>Done, or so already.</summary>
    Done = 0,

    /// <summary>There is no such schedule.</summary>
    NotFound = 1,

    /// <summary>It is not of the revision expected; nothing changed. Look again.</summary>
    Conflict = 2,

    /// <summary>Its queue is being obliterated; nothing changed.</summary>
    QueueClosed = 3,
}

/// <summary>The answer to a step on one schedule.</summary>
/// <param name="Outcome">What happened.</param>
/// <param name="Schedule">The schedule as it is now; null: there is none.</param>
/// <param name="JobId">For Trigger: the job that stands for it; else null.</param>
public sealed record ScheduleReply(ScheduleOutcome Outcome, ScheduleRecord? Schedule, string? JobId = null);

/// <summary>A schedule as stored.</summary>
public sealed record ScheduleRecord
{
    /// <summary>The queue.</summary>
    public required string Queue { get; init; }

    /// <summary>The schedule's id.</summary>
    public required string Id { get; init; }

    /// <summary>Another number after each upsert, pause, resume and tick, and never one that a schedule had before; a trigger leaves it.</summary>
    public required long Revision { get; init; }

    /// <summary>Opaque bytes of the core.</summary>
    public required ReadOnlyMemory<byte> Definition { get; init; }

    /// <summary>The next time; null: never. Of a paused one: what it was when it was paused.</summary>
    public DateTimeOffset? Next { get; init; }

    /// <summary>True while paused.</summary>
    public bool IsPaused { get; init; }

    /// <summary>How many jobs its ticks have added.</summary>
    public long Runs { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When a tick of it last added a job; null: never.</summary>
    public DateTimeOffset? LastFiredAt { get; init; }

    /// <summary>The job that it last added, by tick or trigger; null: none yet.</summary>
    public string? LastJobId { get; init; }
}

/// <summary>Schedules whose time has come.</summary>
/// <param name="Schedules">Longest due first.</param>
/// <param name="NextDue">How long until the next one that is not listed; zero when it is due already; null: none.</param>
/// <param name="Now">The store's time.</param>
public sealed record DueSchedules(IReadOnlyList<ScheduleRecord> Schedules, TimeSpan? NextDue, DateTimeOffset Now);

/// <summary>Fires schedules.</summary>
/// <param name="Step">The step's name.</param>
/// <param name="Ticks">At most 100 schedules with at most 1 000 jobs in all.</param>
public sealed record TickStep(StepId Step, IReadOnlyList<ScheduleTick> Ticks);

/// <summary>One schedule's firing.</summary>
public sealed record ScheduleTick
{
    /// <summary>The queue.</summary>
    public required string Queue { get; init; }

    /// <summary>The schedule's id.</summary>
    public required string Id { get; init; }

    /// <summary>The revision that it must have, as an upsert's: of all that was decided of one state, one thing is done.</summary>
    public required long Expected { get; init; }

    /// <summary>The next time from now on; null: never.</summary>
    public required DateTimeOffset? Next { get; init; }

    /// <summary>When so many runs are reached, what follows is not added, and there is no next time; null: unlimited.</summary>
    public long? MaxRuns { get; init; }

    /// <summary>An occurrence is not added while the job that the schedule last added has not ended (in whatever state; a removed one has).</summary>
    public bool SkipWhileUnended { get; init; }

    /// <summary>The occurrences, in order of time.</summary>
    public required IReadOnlyList<NewOccurrence> Occurrences { get; init; }
}

/// <summary>One occurrence of a schedule.</summary>
/// <param name="DueAt">Its time.</param>
/// <param name="Job">The job to add; null: it was missed and is only noted.</param>
public sealed record NewOccurrence(DateTimeOffset DueAt, NewJob? Job);

/// <summary>What became of each tick, in order.</summary>
/// <param name="Outcomes">One per tick: Done; Conflict when the schedule is not as expected; NotFound; QueueClosed.</param>
public sealed record TickReply(IReadOnlyList<ScheduleOutcome> Outcomes);

/// <summary>One occurrence in a schedule's history.</summary>
/// <param name="DueAt">Its time; of a triggered one when it was triggered.</param>
/// <param name="At">When it was decided.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="JobId">The job that stands for it; null: none.</param>
public sealed record OccurrenceRecord(DateTimeOffset DueAt, DateTimeOffset At, OccurrenceOutcome Outcome, string? JobId)
{
    /// <summary>How many a store keeps of each schedule: the latest.</summary>
    public const int MostKept = 50;
}
