namespace AsyncMQ.Conformance.Histories;

/// <summary>What was asked of a store.</summary>
internal enum Act : byte
{
    Add,
    Claim,
    Settle,
    Cancel,
    Remove,
    Retry,
    Recover,
    Read,
    Pause,
    Resume,
}

/// <summary>
/// One call, as its caller saw it: asked at one moment, answered at a later one, and done by the store somewhere between. Moments count up over all
/// callers. A call that touched several jobs is one happening for each.
/// </summary>
/// <param name="Act">What was asked.</param>
/// <param name="Id">Of which job; empty: of the queue.</param>
/// <param name="Invoked">When it was asked.</param>
/// <param name="Returned">When the answer was there.</param>
internal sealed record Happening(Act Act, string Id, long Invoked, long Returned)
{
    public AddOutcome Added { get; init; }

    public string? DeduplicationId { get; init; }

    /// <summary>For an add that was suppressed: by which job.</summary>
    public string? Owner { get; init; }

    public int Priority { get; init; }

    public ClaimToken Token { get; init; }

    public int Attempt { get; init; }

    public SettlementKind Kind { get; init; }

    public SettleOutcome Settled { get; init; }

    public JobChangeOutcome Administered { get; init; }

    /// <summary>For a recovery: what the job became. For a read: what it was.</summary>
    public JobState? State { get; init; }

    public int Stalls { get; init; }

    public bool IsAcceptedEnd => Act == Act.Settle && (Settled == SettleOutcome.Cancelled
        || (Settled == SettleOutcome.Applied && Kind is SettlementKind.Complete or SettlementKind.Fail));

    public override string ToString() => $"[{Invoked}..{Returned}] {Act} {Id} " + Act switch
    {
        Act.Add => $"{Added} {Owner}",
        Act.Claim => $"attempt {Attempt} by {Token}",
        Act.Settle => $"{Kind} {Settled} by {Token}",
        Act.Cancel or Act.Remove or Act.Retry => $"{Administered}",
        Act.Recover => $"{State} stalls {Stalls}",
        Act.Read => $"{(State is { } state ? state : "none")}",
        _ => "",
    };
}
