using AsyncMQ.Diagnostics;
using AsyncMQ.Queues;
using AsyncMQ.Storage;

namespace AsyncMQ.Workers;

/// <summary>
/// Fires the repeatables of the whole installation, as every process with workers does: whoever comes first adds the jobs, the others find it done. It
/// sleeps until the next one is due or the store signals that it may be sooner, and asks nothing in between.
/// </summary>
internal sealed class Scheduling : IAsyncDisposable
{
    private const int MostTicks = 100;
    private const int MostDue = 1_000;
    private static readonly TimeSpan WhenAllIsUnusable = TimeSpan.FromMinutes(1);

    private readonly WorkerContext worker;
    private readonly UnusableSchedules unusable;
    private readonly TickPlan plan;
    private readonly Alarm alarm;
    private readonly CancellationTokenSource stopped = new();
    private readonly TickSender sender;
    private Task loop = Task.CompletedTask;

    public Scheduling(WorkerContext worker)
    {
        this.worker = worker;
        unusable = new(worker.Logger, worker.Seams.Time);
        plan = new(worker.Seams.Random, unusable);
        sender = new(worker, unusable);
        alarm = new(worker.Seams);
    }

    /// <summary>True when it sleeps, or does not run.</summary>
    public bool IsAtRest => loop.IsCompleted || alarm.IsWaitedFor;

    public void Start() => loop = worker.Seams.Scheduler.Start(RunAsync);

    /// <summary>Housekeeping learned when the next schedule is due: the safety net, where a signal was lost.</summary>
    public void Hear(TimeSpan? nextSchedule)
    {
        if (nextSchedule is { } time)
            alarm.Expect(time);
    }

    /// <summary>Looks no more; what it is about to do is done.</summary>
    public async Task StopAsync()
    {
        await worker.Seams.Scheduler.Cancel(stopped).ConfigureAwait(false);
        alarm.Ring();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        await loop.ConfigureAwait(false);
        alarm.Dispose();
        stopped.Dispose();
    }

    private async Task RunAsync()
    {
        using IDisposable watch = worker.Store.Watch(OnSignal);
        for (int failures = 0; !stopped.IsCancellationRequested;)
        {
            try
            {
                await worker.Session.Ready.WaitAsync(stopped.Token).ConfigureAwait(false);
                TimeSpan? next = await FireAsync().ConfigureAwait(false);
                failures = 0;
                if (!stopped.IsCancellationRequested)
                    await alarm.SleepAsync(next).ConfigureAwait(false);
            }
            catch (SessionLostException e)
            {
                sender.Forget();
                await worker.Session.ReplaceAsync(e.Session).WaitAsync(worker.Timeouts.Call, worker.Seams.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (stopped.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                if (++failures == 1)
                    Log.HousekeepingFailed(worker.Logger, worker.Store.Description, "schedules", e);
                await PauseAsync(failures).ConfigureAwait(false);
            }
        }
    }

    // Until nothing is due any more; answers how long that will be so.
    private async Task<TimeSpan?> FireAsync()
    {
        await sender.SendAgainAsync().ConfigureAwait(false);
        for (int lost = 0; ;)
        {
            alarm.Look();
            int limit = Math.Min(MostDue, MostTicks + unusable.Count);
            DueSchedules due = await worker.Timeouts.Guard(worker.Store.DueAsync(limit, CancellationToken.None), worker.Seams.Time).ConfigureAwait(false);
            IReadOnlyList<IReadOnlyList<ScheduleTick>> ticks = plan.Of(due);
            if (stopped.IsCancellationRequested || (ticks.Count == 0 && due.Schedules.Count < limit))
                return Sooner(due.NextDue, unusable.Wait);
            if (ticks.Count == 0 && limit == MostDue)
                return WhenAllIsUnusable;

            // Where none was fired others were first, and are about to set what comes next.
            if (ticks.Count > 0 && !await sender.SendAsync(ticks).ConfigureAwait(false))
                await PauseAsync(++lost).ConfigureAwait(false);
        }
    }

    private async Task PauseAsync(int tries) =>
        await Never.WaitAsync(StoreTimeouts.Pause(tries, worker.Seams.Random.NextDouble()), worker.Seams.Time, stopped.Token)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private void OnSignal(StoreSignal signal)
    {
        if (signal.Kind == StoreSignalKind.Schedules)
            alarm.Ring();
        else if (signal.Kind == StoreSignalKind.Changed)
            alarm.RingSoon();
    }

    private static TimeSpan? Sooner(TimeSpan? a, TimeSpan? b) => a is null || b < a ? b : a;

    private static Task Never { get; } = new TaskCompletionSource().Task;
}
