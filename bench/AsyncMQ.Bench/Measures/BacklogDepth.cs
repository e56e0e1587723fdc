using AsyncMQ.Bench.Contenders;

namespace AsyncMQ.Bench.Measures;

/// <summary>The rate at which the first jobs of a deep backlog are run, over the rate for as many from a shallow one.</summary>
internal sealed class BacklogDepth : IMeasurement
{
    private const int MostJobs = 200_000;
    private const int LeftOver = 1_000;

    public IReadOnlyList<Measure> Measures { get; } = [new("backlog_ratio", "x", Ratio: null)];

    public async Task<double[]> RunAsync(TestBed bed, CancellationToken cancellationToken)
    {
        int jobs = Math.Min(bed.Load.Jobs, MostJobs);
        double shallow = await RateAsync(bed, jobs, jobs + LeftOver, cancellationToken);
        double deep = await RateAsync(bed, jobs, Math.Max(jobs + LeftOver, bed.Load.DeepBacklog), cancellationToken);
        return [deep / shallow];
    }

    private static async Task<double> RateAsync(TestBed bed, int jobs, int backlog, CancellationToken cancellationToken)
    {
        await using IContender contender = bed.Open();
        int filled = await Producing.AddInBulkAsync(contender, backlog, bed.Load.DeepFillLimit, cancellationToken);
        GC.Collect(); // the shallow run must not pay for what the deep one left

        bed.Sink.Expect(Math.Min(jobs, filled));
        await contender.StartWorkersAsync(cancellationToken);
        SinkReading reading = await bed.Sink.WaitAsync(bed.Load.Limit, cancellationToken);
        return reading.PerSecond;
    }
}
