using AsyncMQ.Redis.Inspecting;
using AsyncMQ.Redis.Scripting;
using AsyncMQ.Storage;

namespace AsyncMQ.Redis;

/// <content>Looks at keys.</content>
internal sealed partial class RedisJobStore
{
    public async ValueTask<KeyRecord?> FindKeyAsync(string queue, string key, CancellationToken cancellationToken) =>
        KeyReader.ReadAll(queue, await Run(Scripts.Keys, [queue, "one", key], cancellationToken).ConfigureAwait(false)) is [var found] ? found : null;

    public async ValueTask<IReadOnlyList<KeyRecord>> KeysAsync(string queue, string? after, int take, CancellationToken cancellationToken) =>
        KeyReader.ReadAll(queue, await Run(Scripts.Keys, [queue, "behind", after ?? "", take], cancellationToken).ConfigureAwait(false));
}
