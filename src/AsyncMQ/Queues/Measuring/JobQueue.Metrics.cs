using AsyncMQ.Storage;

namespace AsyncMQ.Queues;

/// <content>The figures of the queue.</content>
internal sealed partial class JobQueue
{
    public async Task<QueueMetrics> GetMetricsAsync(MetricsQuery? query = null, CancellationToken cancellationToken = default)
    {
        query ??= new();
        if (query.From > query.To)
            throw new ArgumentException($"From ({query.From:O}) must not be after To ({query.To:O}).", nameof(query));

        var request = new MetricsRequest(name, query.Resolution, query.From, query.To);
        IReadOnlyList<MetricRecord> all = await parts.ReadAsync((store, token) => store.MetricsAsync(request, token), cancellationToken).ConfigureAwait(false);
        MetricRecord[] records = [.. all.Where(record => query.Name is null || record.Name == query.Name)];
        return new()
        {
            Queue = name,
            Resolution = query.Resolution,
            Total = Sum(records),
            ByName =
            [
                .. records.GroupBy(record => record.Name)
                    .OrderBy(named => named.Key == MetricRules.OtherNames).ThenBy(named => named.Key, StringComparer.Ordinal)
                    .Select(named => new NameMetrics(named.Key == MetricRules.OtherNames ? null : named.Key, Sum(named))),
            ],
            Series = [.. records.GroupBy(record => record.Start).Select(bucket => new MetricsBucket(bucket.Key, Sum(bucket)))],
        };
    }

    private static JobMetrics Sum(IEnumerable<MetricRecord> records) =>
        new(records.Aggregate(new JobFigures(), static (sum, record) => sum.Plus(record.Figures)));
}
