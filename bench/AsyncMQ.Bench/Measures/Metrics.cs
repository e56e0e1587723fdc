using AsyncMQ.Bench.Contenders;

namespace AsyncMQ.Bench.Measures;

/// <summary>What a worker's figures cost: a filled queue worked off with them and without, in turns, so that both meet the same neighbours.</summary>
internal sealed class Metrics : IMeasurement
{
    private const int Turns = 10;

    public bool IsOnDemand => true;

    public IReadOnlyList<Measure> Measures { get; } = [new("metrics_ratio", "x", Ratio: null)];

    public async Task<double[]> RunAsync(TestBed bed, CancellationToken cancellationToken)
    {
        var ratios = new double[Turns];
        for (int turn = 0; turn < Turns; turn++)
        {
            // Who goes first pays for what the turn before left: each does so as often as the other.
            bool isFirst = turn % 2 == 0;
            double one = await PerSecondAsync(bed, isFirst, cancellationToken), other = await PerSecondAsync(bed, !isFirst, cancellationToken);
            ratios[turn] = isFirst ? one / other : other / one;
        }

        Array.Sort(ratios);
        return [(ratios[(Turns - 1) / 2] + ratios[Turns / 2]) / 2];
    }

    private static async Task<double> PerSecondAsync(TestBed bed, bool records, CancellationToken cancellationToken)
    {
        Workload load = bed.Load with { ConfigureWorker = worker => worker.RecordsMetrics = records };
        await using IContender contender = (bed with { Load = load }).Open();
        int jobs = await Producing.AddInBulkAsync(contender, load.Jobs, load.FillLimit, cancellationToken);
        GC.Collect(); // the next must not pay for what the one before left

        bed.Sink.Expect(jobs);
        await contender.StartWorkersAsync(cancellationToken);
        return (await bed.Sink.WaitAsync(load.Limit, cancellationToken)).PerSecond;
    }
}
