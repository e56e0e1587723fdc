using AsyncMQ.Bench.Contenders;

namespace AsyncMQ.Bench.Measures;

/// <summary>What it costs to gather jobs into batches: handlers that do nothing, over a queue that was filled before, in batches of half the slots and one by one.</summary>
internal sealed class Batched : IMeasurement
{
    private const int BulkSize = 1_000;

    public bool IsOnDemand => true;

    public IReadOnlyList<Measure> Measures { get; } =
    [
        new("batch_per_s", "jobs/s", Ratio: null),
        new("batch_ratio", "x", Ratio: null),
    ];

    public async Task<double[]> RunAsync(TestBed bed, CancellationToken cancellationToken)
    {
        double single = await PerSecondAsync(bed, AsyncMQContender.JobName, cancellationToken);
        double batched = await PerSecondAsync(bed, AsyncMQContender.BatchJobName, cancellationToken);
        return [batched, batched / single];
    }

    private static async Task<double> PerSecondAsync(TestBed bed, string name, CancellationToken cancellationToken)
    {
        await using IInspectedContender contender = bed.OpenInspected();
        JobArgs? args = bed.Load.PayloadBytes == 0 ? null : [new string('x', bed.Load.PayloadBytes)];
        int bulks = Math.Max(1, bed.Load.Jobs / BulkSize);
        for (int bulk = 0; bulk < bulks; bulk++)
            await contender.Queue.AddBulkAsync([.. Enumerable.Repeat(JobSpec.Of(name, args), BulkSize)], cancellationToken);
        GC.Collect(); // the second must not pay for what the first one left

        bed.Sink.Expect(bulks * BulkSize);
        await contender.StartWorkersAsync(cancellationToken);
        return (await bed.Sink.WaitAsync(bed.Load.Limit, cancellationToken)).PerSecond;
    }
}
