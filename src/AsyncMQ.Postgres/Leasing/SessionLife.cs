using AsyncMQ.Storage;
using Npgsql;

namespace AsyncMQ.Postgres.Leasing;

/// <summary>What the functions in <c>Sql/Functions/Leasing</c> take and give.</summary>
internal static class SessionLife
{
    public static object[] Pack(SessionInfo info) =>
    [
        info.Id.Value, info.Lease is { } lease ? lease : DBNull.Value, info.IsQuiet, info.Names.ToArray(), info.Queues.ToArray(), info.Name, info.Host, info.ProcessId,
        info.Version, info.Concurrency,
    ];

    /// <summary>The first value of the first row.</summary>
    public static async ValueTask<bool> ReadBoolAsync(NpgsqlDataReader reader)
    {
        await reader.ReadAsync().ConfigureAwait(false);
        return reader.GetBoolean(0);
    }

    public static RenewReply ReadRenewal(NpgsqlDataReader reader) =>
        reader.Read() ? new(Alive: true, 0, [], reader.GetBoolean(0)) : new(Alive: false, 0, []);

    public static async ValueTask<IReadOnlyList<SessionRecord>> ReadAllAsync(NpgsqlDataReader reader)
    {
        List<SessionRecord> sessions = [];
        while (await reader.ReadAsync().ConfigureAwait(false))
            sessions.Add(Read(reader));
        return sessions;
    }

    private static SessionRecord Read(NpgsqlDataReader reader)
    {
        TimeSpan lease = reader.GetTimeSpan(reader.GetOrdinal("lease"));
        DateTimeOffset seen = reader.GetDateTime(reader.GetOrdinal("seen"));
        bool isQuiet = reader.GetBoolean(reader.GetOrdinal("quiet"));
        return new()
        {
            Info = new()
            {
                Id = new(reader.GetGuid(reader.GetOrdinal("id"))),
                Name = reader.GetString(reader.GetOrdinal("name")),
                Lease = lease,
                Names = reader.GetFieldValue<string[]>(reader.GetOrdinal("names")),
                Queues = reader.GetFieldValue<string[]>(reader.GetOrdinal("queues")),
                Host = reader.GetString(reader.GetOrdinal("host")),
                ProcessId = reader.GetInt32(reader.GetOrdinal("process_id")),
                Version = reader.GetString(reader.GetOrdinal("version")),
                Concurrency = reader.GetInt32(reader.GetOrdinal("concurrency")),
                IsQuiet = isQuiet,
            },
            OpenedAt = reader.GetDateTime(reader.GetOrdinal("opened")),
            RenewedAt = seen,
            LeaseUntil = seen + lease,
            Claims = 0,
            IsQuiet = isQuiet,
        };
    }
}
