using AsyncMQ.Postgres.Connecting;
using AsyncMQ.Postgres.Inspecting;
using AsyncMQ.Storage;

namespace AsyncMQ.Postgres;

/// <content>Keys.</content>
internal sealed partial class PostgresJobStore
{
    public ValueTask<KeyRecord?> FindKeyAsync(string queue, string key, CancellationToken cancellationToken) =>
        steps.LookAtJobsAsync("find_key", new Arguments().Add(queue).Add(key), new KeyReader(queue).ReadOneAsync, cancellationToken);

    public ValueTask<IReadOnlyList<KeyRecord>> KeysAsync(string queue, string? after, int take, CancellationToken cancellationToken) =>
        steps.LookAtJobsAsync("list_keys", new Arguments().Add(queue).Add(after).Add(take), new KeyReader(queue).ReadAllAsync, cancellationToken);
}
