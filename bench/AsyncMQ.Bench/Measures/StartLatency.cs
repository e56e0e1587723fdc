using System.Diagnostics;
using AsyncMQ.Bench.Contenders;

namespace AsyncMQ.Bench.Measures;

/// <summary>
/// From the call of an add to the start of its handler, on an idle queue; a pause before each so that the worker sleeps. A tenth as many more come first and
/// do not count: a queue that is idle has worked before, and the first calls of each connection to a new store are its making.
/// </summary>
internal sealed class StartLatency : IMeasurement
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(15);

    public IReadOnlyList<Measure> Measures { get; } =
    [
        new("latency_p50_ms", "ms", "latency_p50_ratio", LessIsBetter: true),
        new("latency_p99_ms", "ms", "latency_p99_ratio", LessIsBetter: true),
    ];

    public async Task<double[]> RunAsync(TestBed bed, CancellationToken cancellationToken)
    {
        await using IContender contender = bed.Open();
        await EndToEnd.RunOneAsync(bed, contender, cancellationToken);

        await SamplesAsync(bed, contender, bed.Load.Samples / 10, bed.Load.Limit / 10, cancellationToken);
        List<double> latencies = await SamplesAsync(bed, contender, bed.Load.Samples, bed.Load.Limit, cancellationToken);
        latencies.Sort();
        return [Percentile(latencies, 0.50), Percentile(latencies, 0.99)];
    }

    private static async Task<List<double>> SamplesAsync(TestBed bed, IContender contender, int most, TimeSpan limit, CancellationToken cancellationToken)
    {
        List<double> latencies = [];
        long began = Stopwatch.GetTimestamp();
        while (latencies.Count < most && Stopwatch.GetElapsedTime(began) < limit)
        {
            await Task.Delay(Pause, cancellationToken);
            bed.Sink.Expect(1);
            long started = Stopwatch.GetTimestamp();
            await contender.AddAsync(cancellationToken);
            SinkReading reading = await bed.Sink.WaitAsync(bed.Load.Limit, cancellationToken);
            latencies.Add(Stopwatch.GetElapsedTime(started, reading.First).TotalMilliseconds);
        }

        return latencies;
    }

    internal static double Percentile(List<double> sorted, double share) => sorted[Math.Max(0, (int)Math.Ceiling(sorted.Count * share) - 1)];
}
