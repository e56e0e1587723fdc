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

    /// <summary>A job that it depends on has not completed and will not by itself, so it would fail again; nothing changed. Retry that one first.</summary>
    DependencyFailed = 5,
}
