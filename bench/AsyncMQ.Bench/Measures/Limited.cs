using System.Diagnostics;
using AsyncMQ.Bench.Contenders;

namespace AsyncMQ.Bench.Measures;

/// <summary>What keys and their limits cost: jobs of 10 000 keys in turn, with and without a concurrency per key, beside as many jobs without keys.</summary>
internal sealed class Limited : IMeasurement
{
    private const int Keys = 10_000;
    private const int BulkSize = 1_000;

    public bool IsOnDemand => true;

    public IReadOnlyList<Measure> Measures { get; } =
    [
        new("unkeyed_process_per_s", "jobs/s", Ratio: null),
        new("keyed_ratio", "x", Ratio: null),
        new("limited_ratio", "x", Ratio: null),
        new("keyed_add_ratio", "x", Ratio: null),
    ];

    public async Task<double[]> RunAsync(TestBed bed, CancellationToken cancellationToken)
    {
        (double plainAdd, double plain) = await SecondsAsync(bed, hasKeys: false, limits: null, cancellationToken);
        (double keyedAdd, double keyed) = await SecondsAsync(bed, hasKeys: true, limits: null, cancellationToken);
        (_, double limited) = await SecondsAsync(bed, hasKeys: true, new() { PerKey = new() { Concurrency = 4 } }, cancellationToken);
        return [bed.Load.Jobs / plain, plain / keyed, plain / limited, plainAdd / keyedAdd];
    }

    private static async Task<(double Add, double Process)> SecondsAsync(TestBed bed, bool hasKeys, QueueLimits? limits, CancellationToken cancellationToken)
    {
        await using IInspectedContender contender = bed.OpenInspected();
        if (limits is not null)
            await contender.Queue.SetLimitsAsync(limits, cancellationToken);
        GC.Collect(); // the second must not pay for what the first one left

        int jobs = bed.Load.Jobs;
        bed.Sink.Expect(jobs);
        long started = Stopwatch.GetTimestamp();
        for (int added = 0; added < jobs; added += BulkSize)
            await contender.Queue.AddBulkAsync([.. Bulk(added, Math.Min(BulkSize, jobs - added), hasKeys)], cancellationToken);
        double add = Stopwatch.GetElapsedTime(started).TotalSeconds;

        started = Stopwatch.GetTimestamp();
        await contender.StartWorkersAsync(cancellationToken);
        await bed.Sink.WaitAsync(bed.Load.DeepFillLimit, cancellationToken);
        return (add, Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    private static IEnumerable<JobSpec> Bulk(int from, int count, bool hasKeys)
    {
        for (int i = from; i < from + count; i++)
        {
            // Made in both cases: the text is the caller's, and not what a key costs.
            string customer = $"customer-{i % Keys}";
            yield return JobSpec.Of(AsyncMQContender.JobName, null, new() { Key = hasKeys ? customer : null });
        }
    }
}
