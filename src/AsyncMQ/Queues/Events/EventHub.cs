using AsyncMQ.Diagnostics;
using AsyncMQ.Seams;
using AsyncMQ.Storage;
using Microsoft.Extensions.Logging;

namespace AsyncMQ.Queues;

/// <summary>
/// Reads the store's journal on behalf of everybody in the process who listens: one subscription, renewed while there are streams; pushed by the store's
/// signals, with a poll behind. Each stream keeps its own place in the journal, so one that comes while a read is under way neither misses nor hears twice.
/// </summary>
internal sealed class EventHub(IJobStore store, RuntimeSeams seams, StoreTimeouts timeouts, EventReader reader, ILogger logger) : IDisposable
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RenewInterval = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);
    private const int MostPerRead = 1_000;

    /// <summary>So many different interests; beyond, the store is asked for everything of their kinds.</summary>
    private const int MostInterests = 1_000;

    private readonly Lock gate = new();
    private readonly SemaphoreSlim subscribing = new(1, 1);
    private readonly Guid id = seams.NewGuid();

    /// <summary>Replaced, never changed: a read takes it along.</summary>
    private JobEventStream[] streams = [];
    private long renewedAt;
    private bool hasNews;
    private TaskCompletionSource? sleeping;
    private IDisposable? watch;
    private bool running;
    private bool disposed;

    /// <summary>True when all that happened lies ready for the readers.</summary>
    public bool IsAtRest
    {
        get
        {
            lock (gate)
                return !running || (sleeping is not null && !hasNews);
        }
    }

    /// <summary>Opens a stream, whose store has been started.</summary>
    public async Task<JobEventStream> AddAsync(JobEventFilter filter, EventInterest interest, CancellationToken cancellationToken)
    {
        var stream = new JobEventStream(this, filter, interest);
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, typeof(IJobClient));
            watch ??= store.Watch(OnSignal);
        }

        await seams.Scheduler.Rejoin(subscribing.WaitAsync(cancellationToken)).ConfigureAwait(false);
        try
        {
            await SubscribeAsync(stream, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            subscribing.Release();
        }

        lock (gate)
        {
            if (!running && !disposed)
            {
                running = true;
                _ = seams.Scheduler.Start(RunAsync);
            }
        }

        return stream;
    }

    /// <summary>The next event for a stream's reader; null at its end.</summary>
    public async ValueTask<JobEvent?> NextAsync(JobEventStream stream, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            BufferedEvent next;
            Task? wait;
            bool isTaken;
            lock (gate)
                isTaken = stream.Buffer.TryTake(out next, out wait);
            if (isTaken && reader.Read(next, seams.Time) is { } read)
                return read;
            if (isTaken)
                continue;
            if (wait is null)
                return null;

            using IDisposable? waiting = seams.Scheduler.EnterWait();
            await seams.Scheduler.Rejoin(wait).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Ends a stream. The subscription of the last one is ended in the background.</summary>
    public ValueTask RemoveAsync(JobEventStream stream)
    {
        lock (gate)
        {
            stream.Buffer.Close();
            streams = [.. streams.Where(other => other != stream)];
            if (streams.Length == 0)
                Wake();
        }

        return ValueTask.CompletedTask;
    }

    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            watch?.Dispose();
            foreach (JobEventStream stream in streams)
                stream.Buffer.Close();
            streams = [];
            Wake();
        }
    }

    private void OnSignal(StoreSignal signal)
    {
        if (signal.Kind is not (StoreSignalKind.Events or StoreSignalKind.Changed))
            return;

        lock (gate)
            Wake();
    }

    /// <summary>Opens the subscription or renews it, for all streams and one more. Under the semaphore.</summary>
    private async Task SubscribeAsync(JobEventStream? added, CancellationToken cancellationToken)
    {
        JobEventStream[] all;
        lock (gate)
            all = added is null ? streams : [.. streams, added];
        if (all.Length == 0)
            return;

        long began = seams.Time.GetTimestamp();
        var subscription = new EventSubscription(id, Lease, InterestsOf(all));
        SubscribeReply reply = await timeouts.ReadAsync(
            store, seams.Time, (store, token) => store.SubscribeAsync(subscription, token), cancellationToken).ConfigureAwait(false);

        lock (gate)
        {
            renewedAt = began;
            foreach (JobEventStream stream in streams)
            {
                if (reply.WasHeld)
                    continue;
                stream.Buffer.AddGap(null, seams.Time.GetUtcNow());
                stream.From = reply.Position;
            }

            if (added is null)
                return;
            ObjectDisposedException.ThrowIf(disposed, typeof(IJobClient));
            added.From = reply.Position;
            streams = [.. streams, added];
        }
    }

    private static EventInterest[] InterestsOf(JobEventStream[] streams)
    {
        EventInterest[] interests = [.. streams.Select(static stream => stream.Interest).Distinct()];
        return interests.Length <= MostInterests ? interests : [new(interests.Aggregate(JobEventKinds.None, static (kinds, interest) => kinds | interest.Kinds))];
    }

    private async Task RunAsync()
    {
        int failures = 0;
        while (await HasWorkAsync().ConfigureAwait(false))
        {
            try
            {
                if (seams.Time.GetElapsedTime(renewedAt) >= RenewInterval)
                    await RenewAsync().ConfigureAwait(false);
                while (await ReadAsync().ConfigureAwait(false))
                {
                }

                failures = 0;
            }
            catch (Exception e)
            {
                if (++failures == 1)
                    Log.EventsFailed(logger, store.Description, e);
                await Task.Delay(StoreTimeouts.Pause(failures, seams.Random.NextDouble()), seams.Time).ConfigureAwait(false);
                lock (gate)
                    hasNews = true;
            }
        }
    }

    private async Task RenewAsync()
    {
        await seams.Scheduler.Rejoin(subscribing.WaitAsync()).ConfigureAwait(false);
        try
        {
            await SubscribeAsync(null, CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            subscribing.Release();
        }
    }

    /// <summary>Reads a page and hands it out. Returns true when there may be more.</summary>
    private async Task<bool> ReadAsync()
    {
        JobEventStream[] readers;
        long from;
        lock (gate)
        {
            readers = streams;
            if (readers.Length == 0)
                return false;
            from = readers.Min(static stream => stream.From);
        }

        EventPage page = await timeouts.ReadAsync(
            store, seams.Time, (store, token) => store.ReadEventsAsync(from, MostPerRead, token), CancellationToken.None).ConfigureAwait(false);
        lock (gate)
        {
            foreach (JobEventStream stream in readers)
                HandOut(page, stream);
        }

        return page.Events.Count >= MostPerRead;
    }

    private void HandOut(EventPage page, JobEventStream stream)
    {
        if (stream.Buffer.IsClosed || page.Next <= stream.From)
            return;
        if (page.First > stream.From)
        {
            stream.Buffer.AddGap(page.First - stream.From, page.Events.Count > 0 ? page.Events[0].At : seams.Time.GetUtcNow());
            stream.From = page.First;
        }

        for (int i = (int)(stream.From - page.First); i < page.Events.Count; i++)
        {
            StoreEvent happened = page.Events[i];
            if (stream.Wanted.Include(happened.Kind, happened.Queue, happened.Id))
                stream.Buffer.Add(happened);
        }

        stream.From = page.Next;
    }

    /// <summary>Waits for something to read, or for the time to look. False: nobody listens any more.</summary>
    private async Task<bool> HasWorkAsync()
    {
        Task sleep;
        lock (gate)
        {
            if (streams.Length > 0)
            {
                if (hasNews)
                {
                    hasNews = false;
                    return true;
                }

                sleeping = new(TaskCreationOptions.RunContinuationsAsynchronously);
                sleep = seams.Scheduler.Rejoin(sleeping.Task);
            }
            else
            {
                sleep = Task.CompletedTask;
            }
        }

        // A poll is no exception: whoever listens for an hour would throw 3 600.
        await sleep.WaitAsync(PollInterval, seams.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (gate)
        {
            (sleeping, hasNews) = (null, false);
            if (streams.Length > 0)
                return true;
        }

        return !await TryEndAsync().ConfigureAwait(false);
    }

    /// <summary>Ends the subscription, unless somebody has come meanwhile.</summary>
    private async Task<bool> TryEndAsync()
    {
        await seams.Scheduler.Rejoin(subscribing.WaitAsync()).ConfigureAwait(false);
        try
        {
            lock (gate)
            {
                if (streams.Length > 0)
                    return false;
            }

            await EndSubscriptionAsync().ConfigureAwait(false);
            lock (gate)
                running = false;
            return true;
        }
        finally
        {
            subscribing.Release();
        }
    }

    private async Task EndSubscriptionAsync()
    {
        try
        {
            await store.UnsubscribeAsync(id, CancellationToken.None).WaitAsync(timeouts.Call, seams.Time).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // It runs out by itself.
        }
    }

    private void Wake()
    {
        hasNews = true;
        sleeping?.TrySetResult();
        sleeping = null;
    }
}
