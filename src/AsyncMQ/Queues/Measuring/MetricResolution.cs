namespace AsyncMQ;

/// <summary>How long the buckets of time are in which figures are kept.</summary>
public enum MetricResolution : byte
{
    /// <summary>A minute; kept for two hours.</summary>
    Minute = 0,

    /// <summary>An hour; kept for seven days.</summary>
    Hour = 1,
}
