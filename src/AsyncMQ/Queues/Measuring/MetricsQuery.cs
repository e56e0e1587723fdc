namespace AsyncMQ;

/// <summary>Which figures of a queue to read. The default: all that are kept by the minute, which are those of the last two hours.</summary>
public sealed record MetricsQuery
{
    /// <summary>The length of the buckets; a minute by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is none of the two.</exception>
    public MetricResolution Resolution
    {
        get;
        init => field = value is MetricResolution.Minute or MetricResolution.Hour
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"Resolution must be Minute or Hour, but was {value}.");
    }

    /// <summary>Only buckets that end after this time of the store; null (the default): from the first that is kept.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Only buckets that begin before this time of the store; null (the default): to the last.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Only jobs of this name; null (the default): of every name.</summary>
    /// <exception cref="ArgumentException">The name breaks a rule: 1 to 128 bytes of UTF-8, no white space, no control characters.</exception>
    public string? Name { get; init => field = value is null ? null : Jobs.Names.RequireJobName(value); }
}
