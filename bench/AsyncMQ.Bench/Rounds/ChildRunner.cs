using System.Diagnostics;
using System.Globalization;
using AsyncMQ.Bench.Contenders;
using AsyncMQ.Bench.Measures;

namespace AsyncMQ.Bench.Rounds;

/// <summary>Runs rounds in a process of its own, so that systems do not share a heap, a thread pool and compiled code.</summary>
internal sealed class ChildRunner : IRoundRunner
{
    private readonly ContenderKind kind;
    private readonly Process child;

    /// <param name="kind">The system.</param>
    /// <param name="args">This process's arguments: the child does the same work.</param>
    public ChildRunner(ContenderKind kind, string[] args)
    {
        this.kind = kind;
        child = Self.Start([.. args, "--contender", kind.System]);
    }

    public string System => kind.System;

    public string Store => kind.Store;

    public async Task<double[]> RunAsync(IMeasurement measurement)
    {
        await child.StandardInput.WriteLineAsync(measurement.Measures[0].Name);
        await child.StandardInput.FlushAsync();
        string answer = await child.StandardOutput.ReadLineAsync().WaitAsync(2 * LocalRunner.Deadline)
            ?? throw new InvalidOperationException($"The process of {System} ended in the middle of {measurement.Measures[0].Name}.");
        return [.. answer.Split(' ').Select(value => double.Parse(value, CultureInfo.InvariantCulture))];
    }

    public async ValueTask DisposeAsync() => await Self.EndAsync(child);
}
