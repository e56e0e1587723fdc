using AsyncMQ.Diagnostics;
using AsyncMQ.Jobs;
using AsyncMQ.Storage;

namespace AsyncMQ.Workers;

/// <summary>What every process with workers does for all: takes back the jobs of dead sessions, keeps the store tidy, and tells what its workers measured. Bounded steps.</summary>
/// <param name="worker">The process's workers.</param>
/// <param name="hear">Told how long it is until the next schedule is due.</param>
internal sealed class Housekeeping(WorkerContext worker, Action<TimeSpan?> hear) : IAsyncDisposable
{
    private const int RecoverLane = 1;
    private const int MaintainLane = 2;

    private readonly CancellationTokenSource stopped = new();
    private Task[] loops = [];

    public void Start(TimeSpan recoverInterval, TimeSpan maintainInterval, TimeSpan recordInterval) =>
        loops =
        [
            .. worker.Metrics.Meters.Count == 0
                ? (ReadOnlySpan<Task>)[]
                : [worker.Seams.Scheduler.Start(() => RepeatAsync("record metrics", recordInterval, worker.Metrics.SendAsync, static () => Never))],
            worker.Seams.Scheduler.Start(() => RepeatAsync("recover", recoverInterval, RecoverAsync, static () => Never)),
            worker.Seams.Scheduler.Start(() => RepeatAsync("maintain", maintainInterval, MaintainAsync, worker.Ended.CountAnew)),
        ];

    public async ValueTask DisposeAsync()
    {
        await worker.Seams.Scheduler.Cancel(stopped).ConfigureAwait(false);
        await Task.WhenAll(loops).ConfigureAwait(false);
        stopped.Dispose();
    }

    private static Task Never { get; } = new TaskCompletionSource().Task;

    // One bounded step after the other while there is more, then a pause, so that processes started together do not march in step; it may end early.
    private async Task RepeatAsync(string task, TimeSpan interval, Func<ValueTask<bool>> step, Func<Task> early)
    {
        bool failing = false;
        while (!stopped.IsCancellationRequested)
        {
            bool more = false;
            try
            {
                await worker.Session.Ready.WaitAsync(stopped.Token).ConfigureAwait(false);
                more = await step().ConfigureAwait(false);
                failing = false;
            }
            catch (SessionLostException e)
            {
                await worker.Session.ReplaceAsync(e.Session).WaitAsync(worker.Timeouts.Call, worker.Seams.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (stopped.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                if (!failing)
                    Log.HousekeepingFailed(worker.Logger, worker.Store.Description, task, e);
                failing = true;
            }

            TimeSpan pause = more ? TimeSpan.FromMilliseconds(1) : interval * (0.75 + (0.5 * worker.Seams.Random.NextDouble()));
            await (more ? Never : worker.Seams.Scheduler.Rejoin(early())).WaitAsync(pause, worker.Seams.Time, stopped.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async ValueTask<bool> RecoverAsync()
    {
        int maxStalls = worker.Options.MaxStalls;
        var step = new RecoverStep
        {
            Step = worker.Session.NextStep(RecoverLane),
            MaxStalls = maxStalls,
            MaxStallsByQueue = worker.Queues.Where(queue => queue.Value.MaxStalls is not null).ToDictionary(queue => queue.Key, queue => queue.Value.MaxStalls!.Value),
            StallError = StallError,
        };
        RecoverReply reply = await worker.Timeouts.Guard(worker.Store.RecoverAsync(step, CancellationToken.None), worker.Seams.Time).ConfigureAwait(false);
        foreach (string session in reply.DeadSessions)
            Log.SessionDead(worker.Logger, session);
        foreach (RecoveredJob job in reply.Jobs)
        {
            if (job.State == JobState.Failed)
                Log.JobStalledOut(worker.Logger, job.Job, job.Stalls);
        }

        return reply.More;
    }

    private async ValueTask<bool> MaintainAsync()
    {
        var step = new MaintainStep(worker.Session.NextStep(MaintainLane), 1_000, worker.Options.Retention);
        MaintainReply reply = await worker.Timeouts.Guard(worker.Store.MaintainAsync(step, CancellationToken.None), worker.Seams.Time).ConfigureAwait(false);
        hear(reply.NextSchedule);
        return reply.More;
    }

    private static ReadOnlyMemory<byte> StallError { get; } =
        new JobError("Stalled", "The worker was lost while it ran the job: its process died, or could not renew its lease.", null).Pack();
}
