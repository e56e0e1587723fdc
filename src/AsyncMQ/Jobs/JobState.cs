namespace AsyncMQ;

/// <summary>Where a job is in its life. A job is in exactly one state.</summary>
public enum JobState
{
    /// <summary>Ready to be claimed: next by priority, then first in, first out.</summary>
    Waiting = 0,

    /// <summary>Claimed by a worker under a lease.</summary>
    Active = 1,

    /// <summary>Not to start before its due time: a delay, a run-at time, or the back-off of a retry.</summary>
    Delayed = 2,

    /// <summary>Waits for the jobs it depends on.</summary>
    WaitingChildren = 3,

    /// <summary>Ended well.</summary>
    Completed = 4,

    /// <summary>Ended badly: out of attempts, unrecoverable, or stalled too often. The dead letters.</summary>
    Failed = 5,

    /// <summary>Its time-to-live ran out before it could start.</summary>
    Expired = 6,

    /// <summary>Cancelled before it started, or while it ran.</summary>
    Cancelled = 7,
}

/// <summary>Questions about a <see cref="JobState"/>.</summary>
public static class JobStates
{
    /// <summary>True for completed, failed, expired and cancelled: only a manual retry leaves these.</summary>
    public static bool IsFinal(this JobState state) => state >= JobState.Completed;
}
