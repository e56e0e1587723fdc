using AsyncMQ.Simulation.Machine;

namespace AsyncMQ.Simulation.Witnessing;

/// <summary>What the store does.</summary>
internal enum Deed
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

    /// <summary>How often a person had it run again after its end.</summary>
    public int Reruns { get; set; }

    public int Stalls { get; set; }

    /// <summary>True when its record is gone.</summary>
    public bool IsGone { get; set; }

    /// <summary>What it depends on.</summary>
    public IReadOnlyList<Tie> Ties { get; set; } = [];

    /// <summary>What depends on it.</summary>
    public List<Tie> Dependents { get; } = [];

    /// <summary>The add, for jobs that depend on others: delay, time-to-live and policy are asked for at their release.</summary>
    public NewJob? Add { get; init; }

    /// <summary>True when something that it depends on has not completed, and its policy is to fail with it.</summary>
    public bool IsDoomed { get; set; }

    /// <summary>When its dependencies last decided on it: after how many steps that spread ends.</summary>
    public long DecidedAfter { get; set; }

    /// <summary>True while it may not start for its dependencies.</summary>
    public bool IsHeld => End is null && Ties.Any(tie => tie.Status == DependencyStatus.Open);

    /// <summary>True when only a person can let it go, or what it depends on.</summary>
    public bool IsStuck => End is null && Ties.Any(tie => tie.Status == DependencyStatus.Open && (tie.Of is null or { IsGone: true } or { End: not null } or { IsStuck: true }));

    public string? Flow { get; init; }

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
