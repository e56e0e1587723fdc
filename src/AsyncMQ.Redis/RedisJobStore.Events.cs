using AsyncMQ.Redis.Events;
using AsyncMQ.Redis.Scripting;
using AsyncMQ.Storage;

namespace AsyncMQ.Redis;

/// <content>Events.</content>
internal sealed partial class RedisJobStore
{
    public async ValueTask<SubscribeReply> SubscribeAsync(EventSubscription subscription, CancellationToken cancellationToken) =>
        EventCodec.UnpackReply(await Run(Scripts.Subscribe, EventCodec.Pack(subscription), cancellationToken).ConfigureAwait(false));

    public async ValueTask<EventPage> ReadEventsAsync(long from, int take, CancellationToken cancellationToken) =>
        EventCodec.UnpackPage(await Run(Scripts.ReadEvents, [from, take], cancellationToken).ConfigureAwait(false));

    public async Task UnsubscribeAsync(Guid id, CancellationToken cancellationToken) =>
        await Run(Scripts.Unsubscribe, [EventCodec.NameOf(id)], cancellationToken).ConfigureAwait(false);
}
