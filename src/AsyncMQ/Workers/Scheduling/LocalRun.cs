using AsyncMQ.Diagnostics;
using AsyncMQ.Jobs;
using AsyncMQ.Queues;
using AsyncMQ.Storage;

namespace AsyncMQ.Workers;

/// <summary>One local repeatable while it runs: counted by the process's clock, its jobs added like anybody's.</summary>
internal sealed class LocalRun
{
    private static readonly TimeSpan LongestSleep = TimeSpan.FromDays(1);

    private readonly WorkerContext worker;
    private readonly LocalRepeatables locals;
    private readonly LocalRepeatable repeatable;
    private readonly PumpSignal signal = new();
    private readonly ITimer timer;
    private Task loop = Task.CompletedTask;
    private JobRef? last;
    private volatile bool stopped;

    private LocalRun(WorkerContext worker, LocalRepeatables locals, LocalRepeatable repeatable)
    {
        this.worker = worker;
        this.locals = locals;
        this.repeatable = repeatable;
        timer = worker.Seams.Time.CreateTimer(static run => ((LocalRun)run!).signal.Set(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>True when it sleeps, or is over.</summary>
    public bool IsAtRest => loop.IsCompleted || signal.IsWaitedFor;

    private DateTimeOffset Now => Times.ToMilliseconds(worker.Seams.Time.GetUtcNow());

    public static LocalRun Start(WorkerContext worker, LocalRepeatables locals, LocalRepeatable repeatable)
    {
        var run = new LocalRun(worker, locals, repeatable);
        run.loop = worker.Seams.Scheduler.Start(run.RunAsync);
        return run;
    }

    public Task StopAsync()
    {
        stopped = true;
        signal.Set();
        return loop;
    }

    private async Task RunAsync()
    {
        try
        {
            await RepeatAsync(repeatable.Schedule).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // Not foreseen; the others go on.
            Log.LocalRepeatableFailed(worker.Logger, repeatable.Id, repeatable.Queue, e);
        }

        await timer.DisposeAsync().ConfigureAwait(false);
    }

    private async Task RepeatAsync(Schedule schedule)
    {
        DateTimeOffset created = Now;
        DateTimeOffset? next = Occurrences.After(schedule, created, created.AddTicks(-1));
        for (long runs = 0; next is { } expected && !(runs >= schedule.MaxRuns);)
        {
            await SleepUntilAsync(expected).ConfigureAwait(false);
            if (stopped)
                break;

            DueOccurrences due = DueOccurrences.Of(schedule, created, new(expected, Now), mostNoted: 1, mostRunning: 1);
            foreach (DateTimeOffset _ in due.Running)
                runs += await FireAsync().ConfigureAwait(false) ? 1 : 0;
            next = due.Next;
        }
    }

    private async Task SleepUntilAsync(DateTimeOffset time)
    {
        while (!stopped && time - worker.Seams.Time.GetUtcNow() is var left && left > TimeSpan.Zero)
        {
            signal.Reset();
            left = left < LongestSleep ? left : LongestSleep;
            timer.Change(left > TimeSpan.FromMilliseconds(1) ? left : TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
            if (!stopped)
                await worker.Seams.Scheduler.Rejoin(signal.WaitAsync()).ConfigureAwait(false);
        }
    }

    // True when a job was added. The same job is tried again: one whose add was not answered may be there already.
    private async Task<bool> FireAsync()
    {
        TimeSpan delay = repeatable.Schedule.Jitter * worker.Seams.Random.NextDouble();
        NewJob job = locals.CreateJob(repeatable, delay);
        bool mayOverlap = repeatable.Schedule.Overlap == OverlapPolicy.Allow;
        for (int tries = 1; !stopped; tries++)
        {
            try
            {
                if (!mayOverlap && await HasUnendedJobAsync().ConfigureAwait(false))
                    return false;

                mayOverlap = true;
                AddedJob added = await locals.AddAsync(job).ConfigureAwait(false);
                last = job.Ref with { Id = added.Id };
                return added.Outcome != AddOutcome.Deduplicated;
            }
            catch (Exception e)
            {
                if (tries == 1)
                    Log.LocalRepeatableFailed(worker.Logger, repeatable.Id, repeatable.Queue, e);
                await Task.Delay(StoreTimeouts.Pause(tries, worker.Seams.Random.NextDouble()), worker.Seams.Time).ConfigureAwait(false);
            }
        }

        return false;
    }

    private async Task<bool> HasUnendedJobAsync()
    {
        if (last is not { } job)
            return false;

        IReadOnlyList<JobRecord?> found =
            await worker.Timeouts.Guard(worker.Store.FindAsync([job], JobParts.None, CancellationToken.None), worker.Seams.Time).ConfigureAwait(false);
        return found[0] is { } record && !record.State.IsFinal();
    }
}
