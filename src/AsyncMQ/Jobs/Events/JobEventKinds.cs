namespace AsyncMQ;

/// <summary>The kinds of <see cref="JobEvent"/>, to choose from in a <see cref="JobEventFilter"/>.</summary>
[Flags]
public enum JobEventKinds
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>A job was stored.</summary>
    Added = 1 << 0,

    /// <summary>A job's delay is over, or what it depended on has released it, or somebody promoted it.</summary>
    Promoted = 1 << 1,

    /// <summary>An attempt was claimed.</summary>
    Started = 1 << 2,

    /// <summary>A handler told how far it is.</summary>
    Progressed = 1 << 3,

    /// <summary>A handler logged a line.</summary>
    Logged = 1 << 4,

    /// <summary>A job completed.</summary>
    Completed = 1 << 5,

    /// <summary>An attempt failed and another follows, or somebody retried an ended job.</summary>
    Retrying = 1 << 6,

    /// <summary>A job was given back without having spent its attempt.</summary>
    Returned = 1 << 7,

    /// <summary>A job failed for good.</summary>
    Failed = 1 << 8,

    /// <summary>A job's time-to-live ended before it could start.</summary>
    Expired = 1 << 9,

    /// <summary>A job was cancelled.</summary>
    Cancelled = 1 << 10,

    /// <summary>A job's worker was lost.</summary>
    Stalled = 1 << 11,

    /// <summary>A job was put off to a later time by hand.</summary>
    Rescheduled = 1 << 12,

    /// <summary>An add was suppressed, because a job with its deduplication id is there.</summary>
    Deduplicated = 1 << 13,

    /// <summary>A job's record is gone.</summary>
    Removed = 1 << 14,

    /// <summary>A queue was paused.</summary>
    QueuePaused = 1 << 15,

    /// <summary>A queue was resumed.</summary>
    QueueResumed = 1 << 16,

    /// <summary>Nothing waits and nothing runs in a queue any more.</summary>
    QueueDrained = 1 << 17,

    /// <summary>A limit has begun to hold jobs back.</summary>
    LimitReached = 1 << 18,

    /// <summary>A worker process has come.</summary>
    WorkerUp = 1 << 19,

    /// <summary>A worker process is gone.</summary>
    WorkerDown = 1 << 20,

    /// <summary>Every kind that tells of one job.</summary>
    OfJobs = (1 << 15) - 1,

    /// <summary>Every kind that tells of a queue.</summary>
    OfQueues = QueuePaused | QueueResumed | QueueDrained | LimitReached,

    /// <summary>Every kind that tells of a worker process.</summary>
    OfWorkers = WorkerUp | WorkerDown,

    /// <summary>Everything.</summary>
    All = OfJobs | OfQueues | OfWorkers,
}
