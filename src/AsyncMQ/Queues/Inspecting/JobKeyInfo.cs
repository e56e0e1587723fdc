namespace AsyncMQ;

/// <summary>What bounds a queue now.</summary>
public sealed record QueueLimitsInfo
{
    /// <summary>Its limits; null: none.</summary>
    public QueueLimits? Limits { get; init; }

    /// <summary>Until when a handler or a person holds it back; null: not.</summary>
    public DateTimeOffset? HeldUntil { get; init; }

    /// <summary>When its rate lets the next job start; null: at once.</summary>
    public DateTimeOffset? NextPermit { get; init; }
}

/// <summary>A key of a queue.</summary>
public sealed record JobKeyInfo
{
    /// <summary>The key.</summary>
    public required string Key { get; init; }

    /// <summary>Its own limits; null: the queue's hold for it.</summary>
    public KeyLimits? Limits { get; init; }

    /// <summary>How many of its jobs wait.</summary>
    public long Waiting { get; init; }

    /// <summary>How many of its jobs run.</summary>
    public int Active { get; init; }

    /// <summary>Until when a handler or a person holds it back; null: not.</summary>
    public DateTimeOffset? HeldUntil { get; init; }

    /// <summary>When its rate lets the next job start; null: at once.</summary>
    public DateTimeOffset? NextPermit { get; init; }

    /// <summary>In strict order: the job that the others must let end first; null: none.</summary>
    public string? Head { get; init; }
}
