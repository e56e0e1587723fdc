using AsyncMQ.Simulation.Machine;

namespace AsyncMQ.Simulation.Witnessing;

/// <summary>What the store does.</summary>
internal enum Effect
{
    None,
    Add,
    Exchange,
    Recover,
    Close,
    Administer,
    Remove,
    Maintain,
}

/// <summary>One job from its add to its removal, as the witness saw it.</summary>
internal sealed class Life(JobRef job, long stamp)
{
    public JobRef Ref => job;

    public long Stamp => stamp;

    /// <summary>A deduplication id without a window: one job at a time.</summary>
    public string? Exclusive { get; init; }

    public required long AddedAt { get; init; }

    /// <summary>True for an add that was kept behind another: the witness did not see it come.</summary>
    public bool WasKept { get; init; }

    public TimeSpan? TimeToLive { get; init; }

    public long? ExpiresAt { get; set; }

    /// <summary>Not to be claimed before.</summary>
    public long DueAt { get; set; }

    /// <summary>Its place among the waiting jobs of its queue, as long as nothing has moved it; null: something has.</summary>
    public (int Priority, long Number, string Id)? Place { get; set; }

    public JobState? End { get; set; }

    /// <summary>The claim that is current.</summary>
    public ClaimToken? Claim { get; set; }

    public bool CancelRequested { get; set; }

    public int Attempt { get; set; }

    public int Stalls { get; set; }

    public override string ToString() => $"{job} (attempt {Attempt}, stalls {Stalls}, claim {Words(Claim)}, {(End is { } end ? end : "not ended")})";

    public static string Words(ClaimToken? token) => token is { } claim ? $"{claim.Session.ToString()[..6]}/{claim.Lane}/{claim.Sequence}" : "none";
}

/// <summary>One session, as the witness saw it.</summary>
internal sealed class SessionLife(SimulatedProcess process, TimeSpan lease)
{
    public SimulatedProcess Process => process;

    public TimeSpan Lease => lease;

    /// <summary>When it was last opened or renewed, by the store's clock.</summary>
    public required long RenewedAt { get; set; }

    /// <summary>The same, by the world's clock.</summary>
    public required long RenewedInWorld { get; set; }

    /// <summary>True when it was closed or declared dead.</summary>
    public bool IsOver { get; set; }

    public HashSet<JobRef> Claims { get; } = [];
}
