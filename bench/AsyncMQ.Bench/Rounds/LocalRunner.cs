using AsyncMQ.Bench.Contenders;
using AsyncMQ.Bench.Measures;

namespace AsyncMQ.Bench.Rounds;

/// <summary>Runs rounds in this process.</summary>
internal sealed class LocalRunner(ContenderKind kind, Workload load) : IRoundRunner
{
    /// <summary>The end of a round in which the system hangs. Longer than all its phases together.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromMinutes(4);

    private readonly HashSet<IMeasurement> warm = [];

    public string System => kind.System;

    public string Store => kind.Store;

    public async Task<double[]> RunAsync(IMeasurement measurement)
    {
        if (warm.Add(measurement))
            await RunAsync(measurement, load.WarmUp);
        return await RunAsync(measurement, load);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<double[]> RunAsync(IMeasurement measurement, Workload size)
    {
        // What an earlier round left must not be collected in this one.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        using var deadline = new CancellationTokenSource(Deadline);
        return await measurement.RunAsync(new(kind, size), deadline.Token).WaitAsync(Deadline);
    }
}
