using AsyncMQ.Bench.Contenders;

namespace AsyncMQ.Bench.Measures;

/// <summary>
/// What a worker's figures cost: a filled queue worked off with them and without, in turns, so that both meet the same neighbours. Processor time beside
/// throughput, since it hardly heeds what else the machine does.
/// </summary>
internal sealed class Metrics : IMeasurement
{
    private const int FirstTurns = 3; // not counted: the code is still being compiled
    private const int Turns = 16;

    public bool IsOnDemand => true;

    public IReadOnlyList<Measure> Measures { get; } = [new("metrics_ratio", "x", Ratio: null), new("metrics_cpu_ratio", "x", Ratio: null)];

    public async Task<double[]> RunAsync(TestBed bed, CancellationToken cancellationToken)
    {
        List<double> speeds = [], costs = [];
        for (int turn = 0; turn < FirstTurns + Turns; turn++)
        {
            // Who goes first pays for what the turn before left: each does so as often as the other.
            bool isFirst = turn % 2 == 0;
            Run one = await RunAsync(bed, isFirst, cancellationToken), other = await RunAsync(bed, !isFirst, cancellationToken);
            (Run with, Run without) = isFirst ? (one, other) : (other, one);
            if (turn < FirstTurns)
                continue;
            speeds.Add(with.PerSecond / without.PerSecond);
            costs.Add(with.Processor / without.Processor);
        }

        return [Median(speeds), Median(costs)];
    }

    private static async Task<Run> RunAsync(TestBed bed, bool records, CancellationToken cancellationToken)
    {
        Workload load = bed.Load with { ConfigureWorker = worker => worker.RecordsMetrics = records };
        await using IContender contender = (bed with { Load = load }).Open();
        int jobs = await Producing.AddInBulkAsync(contender, load.Jobs, load.FillLimit, cancellationToken);
        GC.Collect(); // the next must not pay for what the one before left

        bed.Sink.Expect(jobs);
        TimeSpan before = Environment.CpuUsage.TotalTime;
        await contender.StartWorkersAsync(cancellationToken);
        double perSecond = (await bed.Sink.WaitAsync(load.Limit, cancellationToken)).PerSecond;
        return new(perSecond, Environment.CpuUsage.TotalTime - before);
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return (values[(values.Count - 1) / 2] + values[values.Count / 2]) / 2;
    }

    private readonly record struct Run(double PerSecond, TimeSpan Processor);
}
