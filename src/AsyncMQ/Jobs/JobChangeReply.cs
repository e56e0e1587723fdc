namespace AsyncMQ;

/// <summary>What became of one job under a command.</summary>
/// <param name="Outcome">What happened.</param>
/// <param name="Before">Its state before; null when there is no such job.</param>
public readonly record struct JobChangeReply(JobChangeOutcome Outcome, JobState? Before);

/// <summary>What a command did to one job.</summary>
public enum JobChangeOutcome : byte
{
    /// <summary>Done.</summary>
    Done = 0,

    /// <summary>There is no such job.</summary>
    NotFound = 1,

    /// <summary>Its state is not one of those expected; nothing changed.</summary>
    WrongState = 2,

    /// <summary>It is running and was asked to stop.</summary>
    Requested = 3,

    /// <summary>Its deduplication id has another owner; nothing changed.</summary>
    DeduplicationTaken = 4,

    /// <summary>A job that it depends on failed, expired, was cancelled or is gone, so that it would fail again at once; nothing changed. Retry that one first,
    /// or the whole flow; it then waits for it again.</summary>
    DependencyFailed = 5,
}
