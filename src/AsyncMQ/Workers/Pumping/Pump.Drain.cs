using AsyncMQ.Diagnostics;
using AsyncMQ.Storage;

namespace AsyncMQ.Workers;

/// <summary>How a worker stops: no more claims, running handlers go on until the deadline, then their tokens fire; whatever still runs after a short
/// grace is handed back, its attempt refunded, and what its handler says later changes nothing.</summary>
internal sealed partial class Pump
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan GraceOfFailingStore = TimeSpan.FromSeconds(1);

    private TaskCompletionSource? handlersEnd;
    private volatile bool givingUp;
    private int handedBack;

    public void LogStart() => Log.WorkerStarted(
        worker.Logger, Name, string.Join(", ", options.WeightedQueues.Take(10).Select(queue => queue.Queue)), options.Concurrency);

    /// <summary>True when the store did not answer to the last, so that it is not to be asked again.</summary>
    public bool HasGivenUp => givingUp;

    public TimeSpan ShutdownTimeout => options.ShutdownTimeout;

    public WorkerHookContext Describe() => new()
    {
        Name = Name,
        Queues = [.. options.WeightedQueues.Select(queue => queue.Queue)],
        Concurrency = options.Concurrency,
        Services = worker.Services,
    };

    /// <summary>Drains within the worker's deadline, or sooner when the token fires.</summary>
    /// <param name="running">The task of <see cref="RunAsync"/>.</param>
    /// <param name="deadline">The host's own deadline.</param>
    public async Task DrainAsync(Task running, CancellationToken deadline)
    {
        draining = true;
        Batches.Hurry();
        signal.Set();
        if (!await EndsWithinAsync(running, options.ShutdownTimeout, deadline).ConfigureAwait(false))
        {
            CancelRunning();
            if (!await EndsWithinAsync(Task.WhenAny(running, HandlersEndAsync()), Grace, CancellationToken.None).ConfigureAwait(false))
                AbandonRunning();
            if (!await SettlesAsync(running, deadline).ConfigureAwait(false))
            {
                // The store does not answer; leases will do what we could not. Who stopped us may now dispose of the store: the loop must not ask again. It ends
                // with the call that it is at.
                givingUp = true;
                signal.Set();
            }
        }

        Log.WorkerStopped(worker.Logger, Name, handedBack);
    }

    // An answer that got lost is missed after a call's time, and asked for again. A host in a hurry does not wait for that.
    private async Task<bool> SettlesAsync(Task running, CancellationToken deadline) =>
        await EndsWithinAsync(running, worker.Timeouts.Call + Grace, deadline).ConfigureAwait(false)
        || (deadline.IsCancellationRequested
            && await EndsWithinAsync(running, IsStoreFailing ? GraceOfFailingStore : Grace, CancellationToken.None).ConfigureAwait(false));

    private bool IsStoreFailing => Interlocked.Read(ref tries) > 0;

    private Task HandlersEndAsync()
    {
        lock (gate)
        {
            handlersEnd = new(TaskCreationOptions.RunContinuationsAsynchronously);
            if (idle.Count == slots.Length)
                handlersEnd.SetResult();
            return worker.Seams.Scheduler.Rejoin(handlersEnd.Task);
        }
    }

    private async Task<bool> EndsWithinAsync(Task running, TimeSpan time, CancellationToken deadline)
    {
        try
        {
            await running.WaitAsync(time, worker.Seams.Time, deadline).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            return running.IsCompleted;
        }
    }

    private void CancelRunning()
    {
        JobRun[] runs;
        lock (gate)
            runs = RunsOf(worker.Session.Id);
        foreach (JobRun run in runs)
            run.Cancel(JobCancellationReason.HostStopping);
    }

    // The handlers ignore their tokens. Their claims go back; their slots count as free, so that the loop can end.
    private void AbandonRunning()
    {
        lock (gate)
        {
            foreach (Slot slot in slots)
            {
                if (slot.Current is { } run)
                {
                    run.Abandon();
                    slot.Release();
                    finished.Add(new(run.Job.Ref, run.Job.Handle, run.Job.Token, run.Job.Flags, SettlementKind.HandBack));
                    idle.Push(slot);
                    handedBack++;
                }
            }
        }

        signal.Set();
    }
}
