using System.Collections.Concurrent;
using AsyncMQ.Workers;

namespace AsyncMQ.Testing.Running;

/// <summary>
/// The attempts whose handlers run now. Which threads run a handler's code is known from the execution context, which follows the code wherever it goes
/// on: whenever a thread takes it up or lays it down, the runtime tells.
/// </summary>
internal sealed class RunWatches
{
    private readonly ConcurrentDictionary<JobRun, RunWatch> runs = new();
    private readonly AsyncLocal<RunWatch?> current = new(static change =>
    {
        change.CurrentValue?.Enter();
        change.PreviousValue?.Leave();
    });

    /// <summary>The attempt whose handler this thread runs; null: none.</summary>
    public RunWatch? Current => current.Value;

    public RunWatch? Find(JobRun run) => runs.GetValueOrDefault(run);

    /// <summary>What runs from here on, in the calling method and those it calls, is the attempt's.</summary>
    public void Enter(RunWatch watch)
    {
        runs[watch.Run] = watch;
        current.Value = watch;
    }

    /// <summary>What runs from here on is the first one's, for all of a batch.</summary>
    public void Enter(IReadOnlyList<RunWatch> batch)
    {
        foreach (RunWatch watch in batch)
            runs[watch.Run] = watch;
        current.Value = batch[0];
    }

    public void Leave(RunWatch watch) => runs.TryRemove(watch.Run, out _);
}
