using AsyncMQ.Postgres.Connecting;
using AsyncMQ.Storage;
using Npgsql;

namespace AsyncMQ.Postgres.Inspecting;

/// <summary>Reads what <c>find_key</c> and <c>list_keys</c> tell of keys.</summary>
/// <param name="queue">Their queue.</param>
internal sealed class KeyReader(string queue)
{
    public async ValueTask<KeyRecord?> ReadOneAsync(NpgsqlDataReader reader) => await reader.ReadAsync().ConfigureAwait(false) ? Read(reader) : null;

    public async ValueTask<IReadOnlyList<KeyRecord>> ReadAllAsync(NpgsqlDataReader reader)
    {
        List<KeyRecord> keys = [];
        while (await reader.ReadAsync().ConfigureAwait(false))
            keys.Add(Read(reader));
        return keys;
    }

    private KeyRecord Read(NpgsqlDataReader row) => new()
    {
        Queue = queue,
        Key = row.GetString(0),
        Limits = row.GetBoolean(1) ? LimitReader.ReadKeyLimits(row, 2) : null,
        Waiting = row.GetInt64(6),
        Active = row.GetInt32(7),
        HeldUntil = row.OptionalTime(8),
        NextPermit = row.OptionalTime(9),
        Head = row.OptionalText(10),
    };
}
