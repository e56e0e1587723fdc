using AsyncMQ.Storage;

namespace AsyncMQ;

/// <summary>
/// What the workers of a queue measured. Times of buckets are the store's. Workers send what has gathered every five seconds, and when they stop: the last
/// seconds may be missing, and those of a process that was killed stay so.
/// </summary>
public sealed record QueueMetrics
{
    /// <summary>The queue.</summary>
    public required string Queue { get; init; }

    /// <summary>The length of the buckets.</summary>
    public required MetricResolution Resolution { get; init; }

    /// <summary>All buckets and names together.</summary>
    public required JobMetrics Total { get; init; }

    /// <summary>All buckets together, name by name, in ordinal order; the names that were too many come last.</summary>
    public required IReadOnlyList<NameMetrics> ByName { get; init; }

    /// <summary>All names together, bucket by bucket, oldest first; a bucket in which nothing was measured is left out.</summary>
    public required IReadOnlyList<MetricsBucket> Series { get; init; }
}

/// <summary>The figures of the jobs of one name.</summary>
/// <param name="Name">The name; null: all that were too many, where a queue met more than 1 000 names within a bucket.</param>
/// <param name="Metrics">The figures.</param>
public sealed record NameMetrics(string? Name, JobMetrics Metrics);

/// <summary>The figures of one span of time.</summary>
/// <param name="Start">When it begins, by the store's clock; by <see cref="QueueMetrics.Resolution"/> it ends a minute or an hour later.</param>
/// <param name="Metrics">The figures.</param>
public sealed record MetricsBucket(DateTimeOffset Start, JobMetrics Metrics);

/// <summary>
/// What became of attempts, and how long they took. An attempt is counted when it ends, as its worker saw it: also in the rare case that its claim was lost
/// by then, unknown to the worker.
/// </summary>
public sealed record JobMetrics
{
    internal JobMetrics(JobFigures figures) =>
        (Completed, Failed, Retried, Other, Wait, Run) =
        (figures.Completed, figures.Failed, figures.Retried, figures.Other, new(figures.Waited), new(figures.Ran));

    /// <summary>Attempts that completed their job.</summary>
    public long Completed { get; }

    /// <summary>Attempts that failed their job: no more were left.</summary>
    public long Failed { get; }

    /// <summary>Attempts that failed and that another one follows.</summary>
    public long Retried { get; }

    /// <summary>Attempts that ended in another way: cancelled, put back by their handler, or given back because the host stopped.</summary>
    public long Other { get; }

    /// <summary>All of them.</summary>
    public long Attempts => Completed + Failed + Retried + Other;

    /// <summary>
    /// How long the jobs had waited before each attempt, by the store's clock: from the add, the end of its delay or back-off, or its release by others,
    /// until it was claimed.
    /// </summary>
    public DurationMetrics Wait { get; }

    /// <summary>How long the attempts ran, middleware included; in a batch, from when the job was taken for it.</summary>
    public DurationMetrics Run { get; }
}

/// <summary>How long something took, over many times. What is read of it is wrong by at most a sixteenth (6.25 %).</summary>
public sealed record DurationMetrics
{
    private readonly Histogram histogram;

    internal DurationMetrics(Histogram histogram) => this.histogram = histogram;

    /// <summary>How many were measured.</summary>
    public long Count => histogram.Total;

    /// <summary>Half of them took no longer; null: none was measured.</summary>
    public TimeSpan? P50 => histogram.Quantile(0.5);

    /// <summary>95 of 100 took no longer; null: none was measured.</summary>
    public TimeSpan? P95 => histogram.Quantile(0.95);

    /// <summary>99 of 100 took no longer; null: none was measured.</summary>
    public TimeSpan? P99 => histogram.Quantile(0.99);

    /// <summary>A share of them took no longer; null: none was measured.</summary>
    /// <param name="share">The share, 0 to 1: 0.999 for 999 of 1 000.</param>
    /// <exception cref="ArgumentOutOfRangeException">The share is not 0 to 1.</exception>
    public TimeSpan? Quantile(double share) => histogram.Quantile(share);
}
