namespace AsyncMQ.Storage;

/// <summary>What to do with jobs.</summary>
public enum JobCommand : byte
{
    /// <summary>
    /// Delete the record with everything that belongs to it; a running handler's claim is lost. The id is free again. A tombstone is no record: NotFound,
    /// and its id stays taken.
    /// </summary>
    Remove = 0,

    /// <summary>Run a job in a final state again: waiting, new sequence, attempts and stalls from zero, result and error cleared, time-to-live counted
    /// anew. Refused when its deduplication id has another owner. One with dependencies may wait for them again, or be refused: see
    /// <see cref="DependencyRules"/>.</summary>
    Retry = 1,

    /// <summary>Make a delayed job waiting now. Release one in waiting-children when each of its open dependencies has ended or is gone, so that only a person
    /// can let it go (<see cref="OnDependencyFailure.Wait"/>): those are then <see cref="DependencyStatus.Broken"/>; else WrongState.</summary>
    Promote = 2,

    /// <summary>Stop a job: at once when it is not running; a running one is asked through its session's mailbox.</summary>
    Cancel = 3,

    /// <summary>Give a delayed or waiting job a new due time: <see cref="AdministerJobsStep.Delay"/> or <see cref="AdministerJobsStep.RunAt"/>.</summary>
    Reschedule = 4,

    /// <summary>Mark the job as watched.</summary>
    Watch = 5,
}

/// <summary>A set of states, for guards.</summary>
[Flags]
public enum JobStateSet : short
{
    /// <summary>No state.</summary>
    None = 0,

    /// <summary>Waiting.</summary>
    Waiting = 1 << JobState.Waiting,

    /// <summary>Active.</summary>
    Active = 1 << JobState.Active,

    /// <summary>Delayed.</summary>
    Delayed = 1 << JobState.Delayed,

    /// <summary>Waiting for dependencies.</summary>
    WaitingChildren = 1 << JobState.WaitingChildren,

    /// <summary>Completed.</summary>
    Completed = 1 << JobState.Completed,

    /// <summary>Failed.</summary>
    Failed = 1 << JobState.Failed,

    /// <summary>Expired.</summary>
    Expired = 1 << JobState.Expired,

    /// <summary>Cancelled.</summary>
    Cancelled = 1 << JobState.Cancelled,

    /// <summary>Every state.</summary>
    All = (1 << (JobState.Cancelled + 1)) - 1,
}

/// <summary>One command for many jobs.</summary>
public sealed record AdministerJobsStep
{
    /// <summary>The step's name.</summary>
    public required StepId Step { get; init; }

    /// <summary>What to do.</summary>
    public required JobCommand Command { get; init; }

    /// <summary>The jobs, at most 1 000.</summary>
    public required IReadOnlyList<JobRef> Jobs { get; init; }

    /// <summary>The states in which the command may be done; in any other it answers <see cref="JobChangeOutcome.WrongState"/> and changes nothing.</summary>
    public required JobStateSet Expected { get; init; }

    /// <summary>
    /// Only jobs that ended (those in a final state) or were added (the others) at or before this time of the store; null: any. For loops over a query,
    /// which must not meet again what they have just changed.
    /// </summary>
    public DateTimeOffset? NotAfter { get; init; }

    /// <summary>For Reschedule: due so long from now.</summary>
    public TimeSpan? Delay { get; init; }

    /// <summary>For Reschedule: due then.</summary>
    public DateTimeOffset? RunAt { get; init; }
}

/// <summary>One command on a queue.</summary>
/// <param name="Step">The step's name.</param>
/// <param name="Queue">The queue.</param>
/// <param name="Command">What to do.</param>
public sealed record AdministerQueueStep(StepId Step, string Queue, QueueCommand Command);

/// <summary>What to do with a queue's own record.</summary>
public abstract record QueueCommand
{
    private QueueCommand()
    {
    }

    /// <summary>No new claims from the queue, at once and everywhere. Repeatable; the latest word stands.</summary>
    /// <param name="By">Who, for people; null: not said.</param>
    /// <param name="Why">Why, for people; null: not said.</param>
    /// <param name="For">For how long; null: until resumed.</param>
    public sealed record Pause(string? By, string? Why, TimeSpan? For) : QueueCommand;

    /// <summary>Claims again. Repeatable. Wakes sleepers.</summary>
    public sealed record Resume : QueueCommand;

    /// <summary>Sets how long ended jobs are kept; null: the library's default.</summary>
    /// <param name="Retention">The rule.</param>
    public sealed record SetRetention(RetentionPolicy? Retention) : QueueCommand;

    /// <summary>Sets the queue's limits; null: none. What runs goes on. Wakes sleepers. The rules are those of <see cref="IKeyStore"/>.</summary>
    /// <param name="Limits">The limits.</param>
    public sealed record SetLimits(QueueLimits? Limits) : QueueCommand;

    /// <summary>Sets one key's own limits, in place of the queue's; null: the queue's hold for it again. Wakes sleepers.</summary>
    /// <param name="Key">The key.</param>
    /// <param name="Limits">The limits.</param>
    public sealed record SetKeyLimits(string Key, KeyLimits? Limits) : QueueCommand;

    /// <summary>Nothing is claimed from the queue, or of one key, for a time; zero: it is held no more. The latest word stands.</summary>
    /// <param name="Key">The key; null: the whole queue.</param>
    /// <param name="For">For how long.</param>
    public sealed record Hold(string? Key, TimeSpan For) : QueueCommand;

    /// <summary>Closes the queue for obliteration: adds are refused, nothing is claimed. Refused with Busy while jobs run, unless forced; NotFound when there
    /// is no such queue.</summary>
    /// <param name="Force">Close even while jobs run; their claims are lost when they are removed.</param>
    public sealed record Close(bool Force) : QueueCommand;

    /// <summary>Deletes the record of a closed, empty queue with its tombstones, windows, schedules and figures. The name is free again. Busy when it is open or not empty;
    /// NotFound when there is none; More when a step of at most 1 000 tombstones, windows, schedules and figures left some: delete again.</summary>
    public sealed record Delete : QueueCommand;

    /// <summary>Frees a deduplication id; see <see cref="DeduplicationRules"/>. NotFound when nobody held it.</summary>
    /// <param name="Id">The deduplication id.</param>
    public sealed record ReleaseDeduplication(string Id) : QueueCommand;
}

/// <summary>What a queue command did.</summary>
public enum QueueReply : byte
{
    /// <summary>Done, or so already.</summary>
    Done = 0,

    /// <summary>There was nothing to do it to.</summary>
    NotFound = 1,

    /// <summary>Jobs run; nothing changed.</summary>
    Busy = 2,

    /// <summary>A bounded part of it is done; the same again does the next.</summary>
    More = 3,
}
