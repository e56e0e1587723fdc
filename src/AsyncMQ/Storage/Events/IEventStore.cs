namespace AsyncMQ.Storage;

/// <summary>
/// The part of the contract for events: a journal that is written only while somebody subscribes, and read in order.
/// </summary>
/// <remarks>
/// <para><b>The journal.</b> While a subscription is held, each transition writes what it did that some subscription is interested in, in the same commit. An
/// event has a position, counting up from the first in the life of the store; positions of events are next to each other and in the order of the commits, and
/// the events of one job are in the order of its life. The store keeps the latest 10 000 at least, and drops older ones as it writes. When nobody
/// subscribes, a transition pays for one comparison, and <see cref="IJobStore.MaintainAsync"/> removes what is left.</para>
/// <para><b>Subscriptions</b> are one for each process, not for each of its readers. They are held by a lease of their own: a process that does not renew is
/// forgotten. Subscribing again with the same id renews, and replaces the interests.</para>
/// <para><b>Wake-up.</b> A commit with events tells the watchers of this process <see cref="StoreSignalKind.Events"/>; those of others look when they are told
/// <see cref="StoreSignalKind.Changed"/>, and from time to time.</para>
/// <para>Nothing here is sequenced: doing it twice is the same as once.</para>
/// </remarks>
public interface IEventStore
{
    /// <summary>Opens a subscription, or renews it with these interests. They hold from the answer on, for everything that is committed by any process after it.</summary>
    ValueTask<SubscribeReply> SubscribeAsync(EventSubscription subscription, CancellationToken cancellationToken);

    /// <summary>Reads the journal.</summary>
    /// <param name="from">The position of the first event that is wanted.</param>
    /// <param name="take">About how many events to read at most, from 1; a few more may come, since what one commit did may be read in one piece.</param>
    /// <param name="cancellationToken">Abandons the wait.</param>
    ValueTask<EventPage> ReadEventsAsync(long from, int take, CancellationToken cancellationToken);

    /// <summary>Ends a subscription; one that is not held is no error.</summary>
    Task UnsubscribeAsync(Guid id, CancellationToken cancellationToken);
}

/// <summary>What a process wants to hear.</summary>
/// <param name="Id">Its random name, for this run of the process.</param>
/// <param name="Lease">How long the subscription holds without a renewal.</param>
/// <param name="Interests">The kinds and places; an event that fits one of them is written. Not empty.</param>
public sealed record EventSubscription(Guid Id, TimeSpan Lease, IReadOnlyList<EventInterest> Interests);

/// <summary>One thing that somebody wants to hear of.</summary>
/// <param name="Kinds">The kinds.</param>
/// <param name="Queue">The queue; null: any, and what belongs to none.</param>
/// <param name="Id">The job, in that queue; null: any, and what belongs to none.</param>
public readonly record struct EventInterest(JobEventKinds Kinds, string? Queue = null, string? Id = null);

/// <summary>The answer to a subscription.</summary>
/// <param name="Position">The position of the next event to be written: what comes from here on is what the interests are for.</param>
/// <param name="WasHeld">True for a renewal in time: the journal lacks nothing since the last one. False for a new subscription, or one that had run out.</param>
public readonly record struct SubscribeReply(long Position, bool WasHeld);

/// <summary>A stretch of the journal.</summary>
/// <param name="First">The position of the first event here: later than asked for when what was before is not kept any more. Without events: where the
/// next one will be.</param>
/// <param name="Events">The events, in order.</param>
public sealed record EventPage(long First, IReadOnlyList<StoreEvent> Events)
{
    /// <summary>Where to read on.</summary>
    public long Next => First + Events.Count;
}
