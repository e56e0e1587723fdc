using AsyncMQ.Sqlite.Events;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite;

/// <content>Events.</content>
internal sealed partial class SqliteJobStore
{
    public ValueTask<SubscribeReply> SubscribeAsync(EventSubscription subscription, CancellationToken cancellationToken) =>
        Send(subscription, static (runner, subscription) => runner.Events.Subscribe(subscription), cancellationToken);

    public ValueTask<EventPage> ReadEventsAsync(long from, int take, CancellationToken cancellationToken) =>
        Look(database => EventReader.Read(database, from, take), cancellationToken);

    public async Task UnsubscribeAsync(Guid id, CancellationToken cancellationToken) =>
        await Send(id, static (runner, id) => runner.Events.Unsubscribe(id), cancellationToken).ConfigureAwait(false);
}
