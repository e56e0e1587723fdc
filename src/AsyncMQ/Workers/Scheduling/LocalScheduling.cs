using AsyncMQ.Queues;

namespace AsyncMQ.Workers;

/// <summary>Runs the local repeatables of the queues that a process works: each by itself, from when it is met until it ends or the workers stop.</summary>
internal sealed class LocalScheduling(WorkerContext worker, LocalRepeatables locals, IReadOnlySet<string> queues) : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<LocalRepeatable, LocalRun> runs = new(ReferenceEqualityComparer.Instance);
    private readonly List<Task> stopping = [];
    private bool isStopped;

    /// <summary>True when none of them has anything to do now.</summary>
    public bool IsAtRest
    {
        get
        {
            lock (gate)
                return runs.Values.All(static run => run.IsAtRest) && stopping.TrueForAll(static task => task.IsCompleted);
        }
    }

    public void Start()
    {
        locals.Changed += Look;
        Look();
    }

    /// <summary>None of them runs again; what one is about to add is added.</summary>
    public void Stop()
    {
        locals.Changed -= Look;
        lock (gate)
        {
            isStopped = true;
            EndThose(static _ => true);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Stop();
        await Task.WhenAll(stopping).ConfigureAwait(false);
    }

    private void Look()
    {
        lock (gate)
        {
            if (isStopped)
                return;

            var all = locals.All.Where(repeatable => queues.Contains(repeatable.Queue)).ToHashSet<LocalRepeatable>(ReferenceEqualityComparer.Instance);
            EndThose(repeatable => !all.Contains(repeatable));
            stopping.RemoveAll(static task => task.IsCompleted);
            foreach (LocalRepeatable repeatable in all)
            {
                if (!runs.ContainsKey(repeatable))
                    runs.Add(repeatable, LocalRun.Start(worker, locals, repeatable));
            }
        }
    }

    private void EndThose(Func<LocalRepeatable, bool> which)
    {
        foreach ((LocalRepeatable repeatable, LocalRun run) in runs.Where(run => which(run.Key)).ToArray())
        {
            runs.Remove(repeatable);
            stopping.Add(run.StopAsync());
        }
    }
}
