using System.Diagnostics;

namespace AsyncMQ.Bench.Measures;

/// <summary>What a job costs that runs in a process of its own, beside one in a process that is there already: one after the other, from add to end.</summary>
internal sealed class IsolatedJobs : IMeasurement
{
    private const string Fresh = "bench.fresh";
    private const string Warm = "bench.warm";
    private const int FreshJobs = 20;
    private const int WarmJobs = 1_000;

    public bool IsOnDemand => true;

    public IReadOnlyList<Measure> Measures { get; } =
    [
        new("isolated_warm_ms", "ms", Ratio: null, LessIsBetter: true),
        new("isolated_fresh_ms", "ms", Ratio: null, LessIsBetter: true),
    ];

    /// <summary>What a process of such jobs has, too.</summary>
    public static void Register(AsyncMQBuilder mq) => mq.UseInMemory()
        .AddHandler(Fresh, static (_, _) => Task.CompletedTask, static handler => handler.Isolation = new())
        .AddHandler(Warm, static (_, _) => Task.CompletedTask, static handler => handler.Isolation = new() { JobsPerProcess = 1_000_000 });

    // The store is not what is measured: it is memory.
    public async Task<double[]> RunAsync(TestBed bed, CancellationToken cancellationToken)
    {
        await using AsyncMQHost host = AsyncMQHost.Create(mq =>
        {
            Register(mq);
            mq.AddWorker("default", worker => worker.Concurrency = 1);
        });
        await host.StartAsync(cancellationToken);
        await MillisecondsAsync(host, Warm, 20, cancellationToken);
        double warm = await MillisecondsAsync(host, Warm, WarmJobs, cancellationToken);
        double fresh = await MillisecondsAsync(host, Fresh, FreshJobs, cancellationToken);
        return [warm, fresh];
    }

    private static async Task<double> MillisecondsAsync(AsyncMQHost host, string name, int jobs, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        for (int job = 0; job < jobs; job++)
            await (await host.Client.AddAsync(name, cancellationToken: cancellationToken)).WaitAsync(cancellationToken: cancellationToken);
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds / jobs;
    }
}
