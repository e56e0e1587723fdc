using AsyncMQ.Seams;
using AsyncMQ.Storage;
using Microsoft.Extensions.Logging;

namespace AsyncMQ.Queues;

/// <summary>
/// Waits for the ends of jobs on behalf of everybody in the process: pushed by the store's signals, with a poll behind. Whoever waits is entered first
/// and looked up after, so that no end falls between. A job that has not ended then is marked as watched, so that retention leaves it until its end was
/// read; one that was added with a result type is spared without.
/// </summary>
internal sealed class EndWatcher(IJobStore store, RuntimeSeams seams, StoreTimeouts timeouts, StepSender steps, ILogger logger) : IDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);
    private static readonly BatchWeight OneMark = new(1, 0);
    private const int MostPerRead = 1_000;
    private const JobFlags Spared = JobFlags.Watched | JobFlags.ResultWanted;

    private readonly Lock gate = new();
    private readonly Dictionary<JobRef, List<Waiter>> waiters = [];
    private readonly HashSet<JobRef> fresh = [];
    private readonly HashSet<JobRef> marking = [];
    private readonly Batcher<JobRef, JobChangeReply> marks = new(new(MostPerRead, 0), seams.Scheduler, jobs =>
        steps.SendAsync(StepSender.Marks, (step, token) =>
            store.AdministerJobsAsync(new() { Step = step, Command = JobCommand.Watch, Jobs = jobs, Expected = JobStateSet.All }, token)));
    private bool lookAtAll;
    private TaskCompletionSource? sleeping;
    private IDisposable? watch;
    private volatile bool running;
    private bool disposed;
    private int inside;

    /// <summary>True when nobody who waits has been answered and not gone on yet, and there is nothing to look up.</summary>
    public bool IsAtRest
    {
        get
        {
            lock (gate)
                return inside == waiters.Values.Sum(list => list.Count) && (!running || (sleeping is not null && fresh.Count == 0 && !lookAtAll));
        }
    }

    /// <summary>The job's record once it is in a final state; null when there is no record.</summary>
    public async Task<JobRecord?> WaitAsync(JobRef job, CancellationToken cancellationToken)
    {
        var waiter = new Waiter();
        using IDisposable? wait = seams.Scheduler.EnterWait();
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, typeof(JobClient));
            inside++;
            watch ??= store.Watch(OnSignal);
            if (!waiters.TryGetValue(job, out List<Waiter>? list))
                waiters.Add(job, list = []);
            list.Add(waiter);
            fresh.Add(job);
            Wake();
            if (!running)
            {
                running = true;
                _ = seams.Scheduler.Start(RunAsync);
            }
        }

        try
        {
            return await seams.Scheduler.Rejoin(waiter.Task).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Leave(job, waiter);
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            watch?.Dispose();
            foreach (List<Waiter> list in waiters.Values)
                list.ForEach(waiter => waiter.TrySetException(new ObjectDisposedException(nameof(IJobClient))));
            waiters.Clear();
            Wake();
        }
    }

    private void OnSignal(StoreSignal signal)
    {
        if (signal.Kind is not (StoreSignalKind.Ended or StoreSignalKind.Changed) || !running)
            return;

        lock (gate)
        {
            if (signal.Kind == StoreSignalKind.Changed)
                lookAtAll = true;
            else if (!waiters.ContainsKey(new(signal.Queue!, signal.Id!)) || !fresh.Add(new(signal.Queue!, signal.Id!)))
                return;
            Wake();
        }
    }

    private async Task RunAsync()
    {
        int failures = 0;
        while (await NextAsync().ConfigureAwait(false) is { } jobs)
        {
            try
            {
                foreach (JobRef[] chunk in jobs.Chunk(MostPerRead))
                    await LookAsync(chunk).ConfigureAwait(false);
                failures = 0;
            }
            catch (Exception e)
            {
                if (++failures == 1)
                    Diagnostics.Log.WaitFailed(logger, store.Description, e);
                await Task.Delay(StoreTimeouts.Pause(failures, seams.Random.NextDouble()), seams.Time).ConfigureAwait(false);
                lock (gate)
                    lookAtAll = true;
            }
        }
    }

    private async Task LookAsync(JobRef[] jobs)
    {
        IReadOnlyList<JobRecord?> records =
            await timeouts.Guard(store.FindAsync(jobs, JobParts.Result, CancellationToken.None), seams.Time).ConfigureAwait(false);
        Answer(jobs, records);
        for (int i = 0; i < jobs.Length; i++)
        {
            if (records[i] is { } record && !record.State.IsFinal() && (record.Flags & Spared) == 0)
                _ = MarkAsync(jobs[i]);
        }
    }

    // Not awaited by the looks: a store that cannot write now may still answer them.
    private async Task MarkAsync(JobRef job)
    {
        lock (gate)
        {
            if (!marking.Add(job))
                return;
        }

        try
        {
            await marks.SendAsync(job, OneMark).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The next look finds it unmarked.
        }

        lock (gate)
            marking.Remove(job);
    }

    // The jobs to look up now; null when nobody waits any more.
    private async Task<JobRef[]?> NextAsync()
    {
        bool polled = false;
        while (true)
        {
            Task sleep;
            lock (gate)
            {
                if (waiters.Count == 0)
                {
                    fresh.Clear(); // news of a job that was answered already
                    running = false;
                    return null;
                }

                if (polled || lookAtAll || fresh.Count > 0)
                {
                    JobRef[] jobs = polled || lookAtAll ? [.. waiters.Keys] : [.. fresh];
                    lookAtAll = false;
                    fresh.Clear();
                    return jobs;
                }

                sleeping = new(TaskCreationOptions.RunContinuationsAsynchronously);
                sleep = seams.Scheduler.Rejoin(sleeping.Task);
            }

            // A poll is no exception: whoever waits for an hour would throw 3 600.
            await sleep.WaitAsync(PollInterval, seams.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            polled = !sleep.IsCompleted;
        }
    }

    private void Answer(JobRef[] jobs, IReadOnlyList<JobRecord?> records)
    {
        lock (gate)
        {
            for (int i = 0; i < jobs.Length; i++)
            {
                if (!waiters.TryGetValue(jobs[i], out List<Waiter>? list))
                    continue;
                list.RemoveAll(waiter => waiter.IsAnswered(records[i]));
                if (list.Count == 0)
                    waiters.Remove(jobs[i]);
            }
        }
    }

    private void Leave(JobRef job, Waiter waiter)
    {
        lock (gate)
        {
            inside--;
            if (waiters.TryGetValue(job, out List<Waiter>? list) && list.Remove(waiter) && list.Count == 0)
                waiters.Remove(job);
        }
    }

    private void Wake()
    {
        sleeping?.TrySetResult();
        sleeping = null;
    }

    private sealed class Waiter() : TaskCompletionSource<JobRecord?>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        private DateTimeOffset? addedAt;

        /// <summary>True when there is nothing more to wait for. A job that was added later than the one first seen is another: the first one is gone.</summary>
        public bool IsAnswered(JobRecord? record)
        {
            addedAt ??= record?.AddedAt;
            if (record is not null && record.AddedAt == addedAt && !record.State.IsFinal())
                return false;
            TrySetResult(record?.AddedAt == addedAt ? record : null);
            return true;
        }
    }
}
