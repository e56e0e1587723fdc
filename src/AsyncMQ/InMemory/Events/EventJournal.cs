using AsyncMQ.Storage;

namespace AsyncMQ.InMemory;

/// <summary>The journal of events in memory: the latest of them, and who wants to hear what. Times are UTC ticks.</summary>
internal sealed class EventJournal
{
    private const int MostKept = 10_000;

    private readonly Dictionary<Guid, (long Until, IReadOnlyList<EventInterest> Interests)> subscribers = [];

    /// <summary>An event stands at its position modulo the length; empty until somebody listens. A page is copied, not searched for: it is read under the store's lock.</summary>
    private StoreEvent[] ring = [];
    private int kept;
    private EventInterests interests = EventInterests.None;

    /// <summary>Until when somebody listens, unless renewed; the beginning of all time: nobody does.</summary>
    private long until;

    /// <summary>The position of the next event.</summary>
    public long Next { get; private set; }

    public bool Wants(JobEventKinds kind, string? queue, string? id, long now) => until > now && interests.Include(kind, queue, id);

    public void Write(StoreEvent written)
    {
        if (ring.Length == 0)
            ring = new StoreEvent[MostKept];
        ring[Next++ % MostKept] = written;
        kept = Math.Min(kept + 1, MostKept);
    }

    public SubscribeReply Subscribe(EventSubscription subscription, long now)
    {
        bool wasHeld = subscribers.TryGetValue(subscription.Id, out var known) && known.Until > now;
        subscribers[subscription.Id] = (now + subscription.Lease.Ticks, subscription.Interests);
        Join(now);
        return new(Next, wasHeld);
    }

    public void Unsubscribe(Guid id, long now)
    {
        subscribers.Remove(id);
        Join(now);
    }

    public EventPage Read(long from, int take)
    {
        long first = Math.Min(Math.Max(from, Next - kept), Next);
        var page = new StoreEvent[Math.Min(take, Next - first)];
        for (int i = 0; i < page.Length; i++)
            page[i] = ring[(first + i) % MostKept];
        return new(first, page);
    }

    /// <summary>Forgets who did not renew, and, when nobody listens, what was written.</summary>
    public void Tidy(long now)
    {
        if (subscribers.Count > 0)
            Join(now);
        if (subscribers.Count == 0)
            (ring, kept) = ([], 0);
    }

    private void Join(long now)
    {
        foreach ((Guid id, (long until, _)) in subscribers)
        {
            // Removing while enumerating is allowed: a dictionary's enumerator survives Remove.
            if (until <= now)
                subscribers.Remove(id);
        }

        interests = new(subscribers.Values.SelectMany(static subscriber => subscriber.Interests));
        until = subscribers.Count == 0 ? 0 : subscribers.Values.Max(static subscriber => subscriber.Until);
    }
}
