using AsyncMQ.Storage;

namespace AsyncMQ.InMemory;

/// <summary>The journal of events in memory: the latest of them, and who wants to hear what. Times are UTC ticks.</summary>
internal sealed class EventJournal
{
    private const int MostKept = 10_000;

    private readonly Dictionary<Guid, (long Until, IReadOnlyList<EventInterest> Interests)> subscribers = [];
    private readonly Queue<StoreEvent> events = new();
    private EventInterests interests = EventInterests.None;

    /// <summary>Until when somebody listens, unless renewed; the beginning of all time: nobody does.</summary>
    private long until;

    /// <summary>The position of the next event.</summary>
    public long Next { get; private set; }

    /// <summary>How many events are kept.</summary>
    public int Count => events.Count;

    public bool Wants(JobEventKinds kind, string? queue, string? id, long now) => until > now && interests.Include(kind, queue, id);

    public bool WantsAny(JobEventKinds kinds, long now) => until > now && interests.IncludesAny(kinds);

    public void Write(StoreEvent written)
    {
        if (events.Count == MostKept)
            events.Dequeue();
        events.Enqueue(written);
        Next++;
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
        long first = Math.Max(from, Next - events.Count);
        return first >= Next ? new(Next, []) : new(first, [.. events.Skip((int)(first - (Next - events.Count))).Take(take)]);
    }

    /// <summary>Forgets who did not renew, and, when nobody listens, what was written.</summary>
    public void Tidy(long now)
    {
        if (subscribers.Count > 0)
            Join(now);
        if (subscribers.Count == 0)
            events.Clear();
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
