namespace AsyncMQ;

/// <summary>Which events to hear of. What nobody listens for is not even written.</summary>
public sealed record JobEventFilter
{
    /// <summary>Only of this queue and its jobs; null, the default: of all, and of workers.</summary>
    public string? Queue { get; init; }

    /// <summary>Only of this job; null, the default: of all.</summary>
    public JobRef? Job { get; init; }

    /// <summary>Only these kinds. All by default.</summary>
    public JobEventKinds Kinds { get; init; } = JobEventKinds.All;

    /// <summary>How many events may lie ready while the reader is busy, 1 to 100 000; further ones are missed, and counted. 1 000 by default.</summary>
    public int Buffer { get; init; } = 1_000;
}
