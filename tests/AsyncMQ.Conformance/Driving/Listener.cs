using AsyncMQ.Conformance.Events;

namespace AsyncMQ.Conformance.Driving;

/// <summary>Listens to a store's events, as a process does for all its readers.</summary>
public sealed class Listener
{
    private readonly EventSubscription subscription;
    private long from;

    private Listener(IJobStore store, EventSubscription subscription, long from) => (Store, this.subscription, this.from) = (store, subscription, from);

    /// <summary>The store; the same opened again may take its place.</summary>
    public IJobStore Store { get; set; }

    /// <summary>Where the next read begins.</summary>
    public long From => from;

    public static async Task<Listener> OpenAsync(IJobStore store, TimeSpan? lease = null, params EventInterest[] interests)
    {
        var subscription = new EventSubscription(Guid.NewGuid(), lease ?? 365.Days(), interests is [] ? [new(JobEventKinds.All)] : interests);
        SubscribeReply reply = await store.SubscribeAsync(subscription, default);
        Assert.False(reply.WasHeld);
        return new(store, subscription, reply.Position);
    }

    public async Task<SubscribeReply> Renew(params EventInterest[] interests) =>
        await Store.SubscribeAsync(interests is [] ? subscription : subscription with { Interests = interests }, default);

    public Task Close() => Store.UnsubscribeAsync(subscription.Id, default);

    /// <summary>What happened since the last call; nothing may be missing.</summary>
    public async Task<IReadOnlyList<StoreEvent>> Read(int take = 1_000)
    {
        List<StoreEvent> events = [];
        while (true)
        {
            EventPage page = await Store.ReadEventsAsync(from, take, default);
            Assert.Equal(from, page.First);
            if (page.Events.Count == 0)
                return events;
            events.AddRange(page.Events);
            from = page.Next;
        }
    }

    /// <summary>What happened since the last call, in short: "Added a", "Retrying a Delayed".</summary>
    public async Task<string[]> Words() => [.. (await Read()).Select(LifePaths.Word)];
}
