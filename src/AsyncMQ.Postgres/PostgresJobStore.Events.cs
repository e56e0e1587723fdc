using AsyncMQ.Postgres.Connecting;
using AsyncMQ.Postgres.Events;
using AsyncMQ.Storage;

namespace AsyncMQ.Postgres;

/// <content>Events.</content>
internal sealed partial class PostgresJobStore
{
    public ValueTask<SubscribeReply> SubscribeAsync(EventSubscription subscription, CancellationToken cancellationToken) =>
        steps.StepAsync("subscribe", EventPages.Pack(subscription), EventPages.ReadReplyAsync, cancellationToken);

    // As a step, though it changes nothing: what is told is on the disk then. A position that a crash took back would be another event's later.
    public ValueTask<EventPage> ReadEventsAsync(long from, int take, CancellationToken cancellationToken) =>
        steps.StepAsync("read_events", new Arguments().Add(from).Add(take), EventPages.ReadPageAsync, cancellationToken);

    public async Task UnsubscribeAsync(Guid id, CancellationToken cancellationToken) =>
        await steps.StepAsync("unsubscribe", new Arguments().Add(id), NothingAsync, cancellationToken).ConfigureAwait(false);
}
