using AsyncMQ.Storage;

namespace AsyncMQ.Redis;

/// <content>
/// The parts of the contract that are still to come. Looks answer truthfully that there is nothing, since nothing of the kind can be stored; what would
/// store something is refused.
/// </content>
internal sealed partial class RedisJobStore
{
    public ValueTask<KeyRecord?> FindKeyAsync(string queue, string key, CancellationToken cancellationToken) => ValueTask.FromResult<KeyRecord?>(null);

    public ValueTask<IReadOnlyList<KeyRecord>> KeysAsync(string queue, string? after, int take, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<KeyRecord>>([]);
}
