using AsyncMQ.Storage;

namespace AsyncMQ.InMemory;

/// <summary>The figures of one queue: by length of bucket, by start, by name.</summary>
internal sealed class StoredMetrics
{
    private readonly SortedDictionary<long, Dictionary<string, JobFigures>>[] buckets = [.. MetricRules.Resolutions.Select(_ => new SortedDictionary<long, Dictionary<string, JobFigures>>())];

    public void Add(string name, JobFigures figures, long now)
    {
        foreach (MetricResolution resolution in MetricRules.Resolutions)
        {
            SortedDictionary<long, Dictionary<string, JobFigures>> all = buckets[(int)resolution];
            long start = MetricRules.StartOf(resolution, now);
            if (!all.TryGetValue(start, out Dictionary<string, JobFigures>? bucket))
                all.Add(start, bucket = new(StringComparer.Ordinal));
            string counted = bucket.ContainsKey(name) || bucket.Count < MetricRules.MostNames ? name : MetricRules.OtherNames;
            bucket[counted] = bucket.TryGetValue(counted, out JobFigures? before) ? before.Plus(figures) : figures;
        }
    }

    public IReadOnlyList<MetricRecord> Find(MetricsRequest request, long now)
    {
        long first = MetricRules.First(request, now), end = request.To?.UtcTicks ?? long.MaxValue;
        return
        [
            .. from bucket in buckets[(int)request.Resolution]
               where bucket.Key >= first && bucket.Key < end
               from named in bucket.Value.OrderBy(named => named.Key, StringComparer.Ordinal)
               select new MetricRecord(new(bucket.Key, TimeSpan.Zero), named.Key, named.Value),
        ];
    }

    /// <summary>Drops buckets that are too old; one counts as many records as it has names.</summary>
    public void DropOld(long now, ref int budget)
    {
        foreach (MetricResolution resolution in MetricRules.Resolutions)
        {
            SortedDictionary<long, Dictionary<string, JobFigures>> all = buckets[(int)resolution];
            long first = MetricRules.FirstKept(resolution, now);
            while (budget > 0 && all.Count > 0 && all.First() is var oldest && oldest.Key < first)
            {
                budget = Math.Max(0, budget - oldest.Value.Count);
                all.Remove(oldest.Key);
            }
        }
    }
}
