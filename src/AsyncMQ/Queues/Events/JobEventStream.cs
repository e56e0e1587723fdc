using AsyncMQ.Queues;
using AsyncMQ.Storage;

namespace AsyncMQ;

/// <summary>Events as they happen, for one reader. See <see cref="IJobEvents.SubscribeAsync"/>.</summary>
public sealed class JobEventStream : IAsyncEnumerable<JobEvent>, IAsyncDisposable
{
    private readonly EventHub hub;
    private int readers;

    internal JobEventStream(EventHub hub, JobEventFilter filter, EventInterest interest)
    {
        (this.hub, Interest) = (hub, interest);
        Buffer = new(filter.Buffer);
        Wanted = new([interest]);
    }

    internal EventInterest Interest { get; }

    internal EventInterests Wanted { get; }

    /// <summary>Its first event has this position in the store's journal or a later one.</summary>
    internal long From { get; set; }

    internal EventBuffer Buffer { get; }

    /// <summary>
    /// Reads the events, waiting for more when there are none. Leaving the loop keeps the stream: a later one goes on where it stopped. Ends when the stream
    /// or its host is disposed.
    /// </summary>
    /// <exception cref="InvalidOperationException">Somebody else is reading: each reader needs a stream of its own.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async IAsyncEnumerator<JobEvent> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref readers, 1) != 0)
            throw new InvalidOperationException("This stream of events has a reader already. Subscribe once for each reader.");
        try
        {
            while (await hub.NextAsync(this, cancellationToken).ConfigureAwait(false) is { } next)
                yield return next;
        }
        finally
        {
            Volatile.Write(ref readers, 0);
        }
    }

    /// <summary>Stops listening: the loop that reads ends.</summary>
    public ValueTask DisposeAsync() => hub.RemoveAsync(this);
}
