using AsyncMQ.Storage;

namespace AsyncMQ.Postgres;

/// <content>What the store does not do yet.</content>
internal sealed partial class PostgresJobStore
{
    public ValueTask<KeyRecord?> FindKeyAsync(string queue, string key, CancellationToken cancellationToken) => throw Unfinished();

    public ValueTask<IReadOnlyList<KeyRecord>> KeysAsync(string queue, string? after, int take, CancellationToken cancellationToken) => throw Unfinished();

    private static NotSupportedException Unfinished() => new("The PostgreSQL store does not do this yet.");
}
