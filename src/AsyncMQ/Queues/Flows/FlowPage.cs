namespace AsyncMQ;

/// <summary>Which flows to list: latest first.</summary>
public sealed record FlowQuery
{
    /// <summary>The most flows on the page, 1 to 1 000; 50 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of its range.</exception>
    public int Take
    {
        get;
        init => field = value is >= 1 and <= 1_000
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"Take must be 1 to 1 000, but was {value}.");
    } = 50;

    /// <summary>Where the page before ended: its <see cref="FlowPage.Next"/>. Null: from the latest on.</summary>
    public string? After { get; init; }
}

/// <summary>One page of flows.</summary>
/// <param name="Flows">The flows.</param>
/// <param name="Next">Where to go on; null at the end. The last page may be empty.</param>
public sealed record FlowPage(IReadOnlyList<FlowSummary> Flows, string? Next);

/// <summary>How far a flow is, without its jobs.</summary>
public sealed record FlowSummary
{
    /// <summary>The flow's id.</summary>
    public required string Id { get; init; }

    /// <summary>When it was added.</summary>
    public DateTimeOffset AddedAt { get; init; }

    /// <summary>How many of its jobs are on record.</summary>
    public long Jobs { get; init; }

    /// <summary>How many of those have not ended.</summary>
    public long Unended { get; init; }

    /// <summary>How many of those completed.</summary>
    public long Completed { get; init; }

    /// <summary>True when all its jobs have ended.</summary>
    public bool IsEnded => Unended == 0;

    /// <summary>True when one of its jobs failed, expired or was cancelled.</summary>
    public bool HasFailed => Jobs > Unended + Completed;
}
