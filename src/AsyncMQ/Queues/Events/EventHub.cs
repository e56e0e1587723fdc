using AsyncMQ.Seams;
using AsyncMQ.Storage;
using Microsoft.Extensions.Logging;

namespace AsyncMQ.Queues;

/// <summary>
/// Reads the store's journal on behalf of everybody in the process who listens: one subscription, renewed while there are streams; pushed by the store's
/// signals, with a poll behind. Each stream keeps its own place in the journal, so one that comes while a read is under way neither misses nor hears twice.
/// </summary>
internal sealed partial class EventHub(IJobStore store, RuntimeSeams seams, StoreTimeouts timeouts, EventReader reader, ILogger logger) : IAsyncDisposable
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
    private Task loop = Task.CompletedTask;
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
                loop = seams.Scheduler.Start(RunAsync);
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

    /// <summary>Ends all streams, and the subscription while the store is still there: nobody is to write for a process that is gone.</summary>
    public async ValueTask DisposeAsync()
    {
        Task ending;
        lock (gate)
        {
            disposed = true;
            watch?.Dispose();
            foreach (JobEventStream stream in streams)
                stream.Buffer.Close();
            streams = [];
            Wake();
            ending = seams.Scheduler.Rejoin(loop);
        }

        await ending.WaitAsync(timeouts.Call, seams.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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
            foreach (JobEventStream stream in reply.WasHeld ? [] : streams)
            {
                stream.Buffer.AddGap(null);
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

    private void Wake()
    {
        hasNews = true;
        sleeping?.TrySetResult();
        sleeping = null;
    }
}
