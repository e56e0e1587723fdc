using AsyncMQ.Storage;

namespace AsyncMQ.Redis;

/// <content>
/// The parts of the contract that are still to come. Looks answer truthfully that there is nothing, since nothing of the kind can be stored; what would
/// store something is refused.
/// </content>
internal sealed partial class RedisJobStore
{
    public ValueTask<FlowRecord?> FindFlowAsync(string id, CancellationToken cancellationToken) => ValueTask.FromResult<FlowRecord?>(null);

    public ValueTask<IReadOnlyList<FlowRecord>> FlowsAsync(long? before, int take, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<FlowRecord>>([]);

    public ValueTask<StorePage> FlowJobsAsync(string flow, PageKey? after, int take, JobParts parts, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new StorePage([], null));

    public ValueTask<SubscribeReply> SubscribeAsync(EventSubscription subscription, CancellationToken cancellationToken) => throw Remaining.NotYet("events");

    public ValueTask<EventPage> ReadEventsAsync(long from, int take, CancellationToken cancellationToken) => throw Remaining.NotYet("events");

    public Task UnsubscribeAsync(Guid id, CancellationToken cancellationToken) => throw Remaining.NotYet("events");
}
