using AsyncMQ.Jobs;
using AsyncMQ.Workers;

namespace AsyncMQ.Testing.Running;

/// <summary>A batch handler as the user registered it, watched, with the failures that a test asked for: each of its own job, before it joins a batch.</summary>
internal sealed class WatchedBatch(BatchDefinition handler, RunWatches runs, PlannedFailures failures, Activity activity)
    : BatchDefinition(handler.Name, handler.Policy, handler.Size, handler.Wait)
{
    public override BatchItem MakeItem(JobContext context, JobJson json, CancellationToken cancellationToken)
    {
        failures.ThrowIfPlanned(context);
        return handler.MakeItem(context, json, cancellationToken);
    }

    public override async Task? HandleAsync(BatchItem[] items, IServiceProvider services, CancellationToken cancellationToken)
    {
        // One stands for all where threads and timers are counted. Each is told of its own token, but the last one of that of the batch, which it fires.
        RunWatch? first = null;
        var watches = new RunWatch[items.Length];
        var told = new CancellationTokenRegistration[items.Length + 1];
        int untold = items.Length;
        for (int i = 0; i < items.Length; i++)
        {
            RunWatch watch = watches[i] = new((JobRun)items[i].Context.Run!, items[i].Context, activity, first);
            first ??= watch;
            told[i] = items[i].CancellationToken.UnsafeRegister(_ => Tell(watch), null);
        }

        told[^1] = cancellationToken.UnsafeRegister(_ => Array.ForEach(watches, static watch => watch.NoteToken()), null);
        runs.Enter(watches);
        try
        {
            await (handler.HandleAsync(items, services, cancellationToken) ?? throw NoTask()).ConfigureAwait(false);
        }
        finally
        {
            foreach (RunWatch watch in watches)
                runs.Leave(watch);
            foreach (CancellationTokenRegistration registration in told)
                await registration.DisposeAsync().ConfigureAwait(false);
        }

        void Tell(RunWatch watch)
        {
            if (Interlocked.Decrement(ref untold) > 0)
                watch.NoteToken();
        }
    }

    public override void Validate(JobJson json) => handler.Validate(json);
}
