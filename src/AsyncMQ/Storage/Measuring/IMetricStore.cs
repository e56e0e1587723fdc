namespace AsyncMQ.Storage;

/// <summary>The part of the contract for the figures of queues: counts and histograms, in buckets of time that the store keeps.</summary>
/// <remarks>
/// Workers measure, and send what has gathered every few seconds; a store adds it to the bucket of the minute and to that of the hour in which it came, by
/// its own clock. What it keeps is bounded by <see cref="MetricRules"/>: in time by housekeeping, in names by the step itself. Figures are for people:
/// no rule of a job's life looks at them, and a process that is killed loses those it had not sent yet.
/// </remarks>
public interface IMetricStore
{
    /// <summary>
    /// Adds figures to the buckets of now. Those of a queue without a record, or one that is closed, are left out: it makes no queue. A name that would be
    /// one too many in a bucket is counted under <see cref="MetricRules.OtherNames"/> there.
    /// </summary>
    /// <returns>How many entries were added.</returns>
    ValueTask<int> RecordMetricsAsync(RecordMetricsStep step, CancellationToken cancellationToken);

    /// <summary>The buckets of a queue that have figures, in order of time, then of name; none when there is no such queue.</summary>
    ValueTask<IReadOnlyList<MetricRecord>> MetricsAsync(MetricsRequest request, CancellationToken cancellationToken);
}

/// <summary>Figures to add.</summary>
/// <param name="Step">The step's name.</param>
/// <param name="Figures">At most 1 000; a queue and name may stand more than once.</param>
public sealed record RecordMetricsStep(StepId Step, IReadOnlyList<NamedFigures> Figures);

/// <summary>Figures of one queue and name.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="Name">The jobs' name.</param>
/// <param name="Figures">What was measured since the last ones were sent.</param>
public sealed record NamedFigures(string Queue, string Name, JobFigures Figures);

/// <summary>Asks for figures of a queue.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="Resolution">Buckets of which length.</param>
/// <param name="From">Only buckets that end after this time; null: from the first that is kept.</param>
/// <param name="To">Only buckets that begin before this time; null: to the last.</param>
public sealed record MetricsRequest(string Queue, MetricResolution Resolution, DateTimeOffset? From, DateTimeOffset? To);

/// <summary>One bucket of one name.</summary>
/// <param name="Start">When the bucket begins, by the store's clock.</param>
/// <param name="Name">The jobs' name; <see cref="MetricRules.OtherNames"/>: all names that were too many.</param>
/// <param name="Figures">What it holds.</param>
public sealed record MetricRecord(DateTimeOffset Start, string Name, JobFigures Figures);

/// <summary>How long buckets are, how long they are kept, and how many names they hold: the one rule of figures. All times in ticks.</summary>
public static class MetricRules
{
    /// <summary>How many names a bucket of a queue holds apart; figures of further ones are counted together.</summary>
    public const int MostNames = 1_000;

    /// <summary>The name under which the figures of names that are too many are counted. No job is called so.</summary>
    public const string OtherNames = "";

    /// <summary>Every length of bucket that a store keeps.</summary>
    public static IReadOnlyList<MetricResolution> Resolutions { get; } = [MetricResolution.Minute, MetricResolution.Hour];

    /// <summary>How long a bucket is.</summary>
    /// <param name="resolution">Which.</param>
    public static TimeSpan LengthOf(MetricResolution resolution) => resolution == MetricResolution.Minute ? TimeSpan.FromMinutes(1) : TimeSpan.FromHours(1);

    /// <summary>How long a bucket is kept after its end: two hours by the minute, seven days by the hour.</summary>
    /// <param name="resolution">Which.</param>
    public static TimeSpan KeptFor(MetricResolution resolution) => resolution == MetricResolution.Minute ? TimeSpan.FromHours(2) : TimeSpan.FromDays(7);

    /// <summary>When the bucket of a time begins.</summary>
    /// <param name="resolution">Which.</param>
    /// <param name="now">The store's time.</param>
    public static long StartOf(MetricResolution resolution, long now) => now - (now % LengthOf(resolution).Ticks);

    /// <summary>Buckets that begin before this time are kept no more.</summary>
    /// <param name="resolution">Which.</param>
    /// <param name="now">The store's time.</param>
    public static long FirstKept(MetricResolution resolution, long now) =>
        Math.Max(0, StartOf(resolution, now - Math.Min(now, KeptFor(resolution).Ticks)));

    /// <summary>The first start of a bucket that a request asks for.</summary>
    /// <param name="request">The request.</param>
    /// <param name="now">The store's time.</param>
    public static long First(MetricsRequest request, long now)
    {
        ArgumentNullException.ThrowIfNull(request);
        long kept = FirstKept(request.Resolution, now);
        return request.From is { } from ? Math.Max(kept, StartOf(request.Resolution, from.UtcTicks)) : kept;
    }
}
