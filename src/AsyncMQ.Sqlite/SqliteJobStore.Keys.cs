using AsyncMQ.Sqlite.Keys;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite;

/// <content>Keys.</content>
internal sealed partial class SqliteJobStore
{
    public ValueTask<KeyRecord?> FindKeyAsync(string queue, string key, CancellationToken cancellationToken) =>
        LookAtJobs(database => new KeyReader(database, Now(database)).Find(queue, key), cancellationToken);

    public ValueTask<IReadOnlyList<KeyRecord>> KeysAsync(string queue, string? after, int take, CancellationToken cancellationToken) =>
        LookAtJobs<IReadOnlyList<KeyRecord>>(database => new KeyReader(database, Now(database)).Behind(queue, after, take), cancellationToken);
}
