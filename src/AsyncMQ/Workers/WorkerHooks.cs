using AsyncMQ.Diagnostics;

namespace AsyncMQ.Workers;

/// <summary>What is run when a worker starts, and when it has drained. A hook that fails is logged and stops nothing; one that does not end is left behind.</summary>
internal sealed class WorkerHooks
{
    private static readonly TimeSpan ShortestPatience = TimeSpan.FromSeconds(5);
    private readonly List<Func<WorkerHookContext, CancellationToken, Task>> onStart = [];
    private readonly List<Func<WorkerHookContext, CancellationToken, Task>> onStop = [];
    private readonly HashSet<(Delegate Hook, bool IsStart)> seen = [];

    /// <param name="hook">What the user gave: the same one given twice runs once.</param>
    /// <param name="isStart">True: at the start.</param>
    /// <param name="run">How it is run.</param>
    public void Add(Delegate hook, bool isStart, Func<WorkerHookContext, CancellationToken, Task> run)
    {
        if (seen.Add((hook, isStart)))
            (isStart ? onStart : onStop).Add(run);
    }

    /// <summary>Before the worker takes its first job.</summary>
    public async Task StartAsync(WorkerContext worker, WorkerHookContext started, CancellationToken cancellationToken)
    {
        foreach (Func<WorkerHookContext, CancellationToken, Task> hook in onStart)
            await RunAsync(worker, new("start", started.Name), token => hook(started, token), new(Timeout.InfiniteTimeSpan, cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>When the worker has drained; each has as long as the drain may take, but when the host is in a hurry.</summary>
    public async Task StopAsync(WorkerContext worker, WorkerHookContext stopped, TimeSpan time, CancellationToken deadline)
    {
        foreach (Func<WorkerHookContext, CancellationToken, Task> hook in onStop)
        {
            Patience patience = deadline.IsCancellationRequested
                ? new(ShortestPatience, CancellationToken.None)
                : new(time > ShortestPatience ? time : ShortestPatience, deadline);
            await RunAsync(worker, new("stop", stopped.Name), token => hook(stopped, token), patience).ConfigureAwait(false);
        }
    }

    private static async Task RunAsync(WorkerContext worker, Moment moment, Func<CancellationToken, Task> hook, Patience patience)
    {
        var end = new CancellationTokenSource(); // not disposed: a hook that is left behind still has its token
        try
        {
            Task running = hook(end.Token) ?? throw new InvalidOperationException("The hook returned null where a task belongs.");
            await running.WaitAsync(patience.Time, worker.Seams.Time, patience.Until).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Log.WorkerHookFailed(worker.Logger, moment.Name, moment.Worker, e);
            _ = worker.Seams.Scheduler.Cancel(end);
        }
    }

    private readonly record struct Moment(string Name, string Worker);

    private readonly record struct Patience(TimeSpan Time, CancellationToken Until);
}
