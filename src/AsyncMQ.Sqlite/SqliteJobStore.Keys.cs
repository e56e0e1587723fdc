using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite;

/// <content>Keys.</content>
internal sealed partial class SqliteJobStore
{
    public ValueTask<KeyRecord?> FindKeyAsync(string queue, string key, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<KeyRecord>> KeysAsync(string queue, string? after, int take, CancellationToken cancellationToken) => throw new NotSupportedException();
}
