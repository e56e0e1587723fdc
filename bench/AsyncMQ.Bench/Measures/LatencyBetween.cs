using System.Diagnostics;
using System.Globalization;
using AsyncMQ.Bench.Contenders;
using AsyncMQ.Bench.Rounds;

namespace AsyncMQ.Bench.Measures;

/// <summary>The start latency of an idle queue whose worker is in another process, on a store that both share. Only when asked for.</summary>
internal sealed class LatencyBetween : IMeasurement
{

    public IReadOnlyList<Measure> Measures { get; } =
    [
        new("latency_between_p50_ms", "ms", Ratio: null, LessIsBetter: true),
        new("latency_between_p99_ms", "ms", Ratio: null, LessIsBetter: true),
    ];

    public bool IsOnDemand => true;

    public async Task<double[]> RunAsync(TestBed bed, CancellationToken cancellationToken)
    {
        await using IInspectedContender contender = bed.OpenInspected();
        IReadOnlyList<string> arguments = contender.WorkerArguments ?? throw new InvalidOperationException("Processes cannot share this store.");
        await contender.AddAsync(cancellationToken);
        Process worker = Self.Start(arguments);
        try
        {
            await StartedAsync(worker, bed.Load.FillLimit, cancellationToken);
            // The worker looks at the file at even intervals since its last job: adds must not come in step with it.
            var pauses = new Random(1);
            List<double> latencies = [];
            long began = Stopwatch.GetTimestamp();
            while (latencies.Count < bed.Load.Samples && Stopwatch.GetElapsedTime(began) < 2 * bed.Load.Limit)
            {
                await Task.Delay(pauses.Next(20, 60), cancellationToken);
                long added = Stopwatch.GetTimestamp();
                await contender.AddAsync(cancellationToken);
                long started = await StartedAsync(worker, bed.Load.Limit, cancellationToken);
                latencies.Add(Stopwatch.GetElapsedTime(added, started).TotalMilliseconds);
            }

            latencies.Sort();
            return [StartLatency.Percentile(latencies, 0.50), StartLatency.Percentile(latencies, 0.99)];
        }
        finally
        {
            await Self.EndAsync(worker);
        }
    }

    // The stopwatch is the machine's: both processes read the same one.
    private static async Task<long> StartedAsync(Process worker, TimeSpan limit, CancellationToken cancellationToken)
    {
        string line = await worker.StandardOutput.ReadLineAsync(cancellationToken).AsTask().WaitAsync(limit, cancellationToken)
            ?? throw new InvalidOperationException("The worker's process ended.");
        return long.Parse(line, CultureInfo.InvariantCulture);
    }
}
