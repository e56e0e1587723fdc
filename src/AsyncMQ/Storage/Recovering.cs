namespace AsyncMQ.Storage;

/// <summary>Takes back the claims of dead sessions.</summary>
public sealed record RecoverStep
{
    /// <summary>The step's name.</summary>
    public required StepId Step { get; init; }

    /// <summary>The most claims to take back in this step, 1 to 1 000.</summary>
    public int Limit { get; init; } = 1_000;

    /// <summary>How often a job may stall and still run again; one more fails it. For queues without an entry of their own.</summary>
    public int MaxStalls { get; init; } = 3;

    /// <summary>The limit of stalls of queues that have their own.</summary>
    public IReadOnlyDictionary<string, int> MaxStallsByQueue { get; init; } = new Dictionary<string, int>();

    /// <summary>The error of a job that stalled too often; opaque bytes. Also recorded with each stalled attempt.</summary>
    public ReadOnlyMemory<byte> StallError { get; init; }
}

/// <summary>What a recovery did.</summary>
/// <param name="DeadSessions">Names of the sessions newly declared dead.</param>
/// <param name="Jobs">The jobs taken back.</param>
/// <param name="More">True when the limit cut it short: call again.</param>
public sealed record RecoverReply(IReadOnlyList<string> DeadSessions, IReadOnlyList<RecoveredJob> Jobs, bool More);

/// <summary>A job taken back from a dead session.</summary>
/// <param name="Job">The job.</param>
/// <param name="State">Waiting again, failed, or cancelled.</param>
/// <param name="Stalls">How often it has stalled now.</param>
public readonly record struct RecoveredJob(JobRef Job, JobState State, int Stalls);
