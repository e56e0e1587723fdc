using System.Text;
using AsyncMQ.Postgres.Connecting;
using AsyncMQ.Storage;
using Npgsql;
using NpgsqlTypes;

namespace AsyncMQ.Postgres.Leasing;

/// <summary>What the functions in <c>Sql/Functions/Leasing</c> take and give.</summary>
internal static class SessionLife
{
    public static Arguments Pack(SessionInfo info) => new Arguments()
        .Add(info.Id.Value).Add(info.Lease).Add(info.IsQuiet)
        .AddColumn(info.Names.ToArray(), NpgsqlDbType.Text).AddColumn(info.Queues.ToArray(), NpgsqlDbType.Text)
        .AddAnyText(info.Name).AddAnyText(info.Host).Add(info.ProcessId).AddAnyText(info.Version).Add(info.Concurrency);

    /// <summary>The first value of the first row.</summary>
    public static async ValueTask<bool> ReadBoolAsync(NpgsqlDataReader reader)
    {
        await reader.ReadAsync().ConfigureAwait(false);
        return reader.GetBoolean(0);
    }

    public static RenewReply ReadRenewal(NpgsqlDataReader reader, SessionId session)
    {
        if (!reader.Read())
            return new(Alive: false, 0, []);

        (bool isQuiet, int claims) = (reader.GetBoolean(0), reader.GetInt32(1));
        List<SessionClaim> mail = [];
        while (reader.Read())
            mail.Add(ReadClaim(reader, 2, session));
        return new(Alive: true, claims, mail, isQuiet);
    }

    public static async ValueTask<IReadOnlyList<SessionClaim>> ReadClaimsAsync(NpgsqlDataReader reader, SessionId session)
    {
        List<SessionClaim> claims = [];
        while (await reader.ReadAsync().ConfigureAwait(false))
            claims.Add(ReadClaim(reader, 0, session));
        return claims;
    }

    public static async ValueTask<IReadOnlyList<SessionRecord>> ReadAllAsync(NpgsqlDataReader reader)
    {
        List<SessionRecord> sessions = [];
        while (await reader.ReadAsync().ConfigureAwait(false))
            sessions.Add(Read(reader));
        return sessions;
    }

    private static SessionClaim ReadClaim(NpgsqlDataReader row, int from, SessionId session) => new(
        new(row.GetString(from), row.GetString(from + 1)), row.GetInt64(from + 2), new(session, row.GetInt32(from + 3), row.GetInt64(from + 4)));

    private static SessionRecord Read(NpgsqlDataReader row)
    {
        TimeSpan lease = row.GetTimeSpan(1);
        DateTimeOffset seen = row.GetDateTime(3);
        return new()
        {
            Info = new()
            {
                Id = new(row.GetGuid(0)),
                Name = row.AnyText(7),
                Lease = lease,
                Names = row.GetFieldValue<string[]>(5),
                Queues = row.GetFieldValue<string[]>(6),
                Host = row.AnyText(8),
                ProcessId = row.GetInt32(9),
                Version = row.AnyText(10),
                Concurrency = row.GetInt32(11),
                IsQuiet = row.GetBoolean(13),
            },
            OpenedAt = row.GetDateTime(2),
            RenewedAt = seen,
            LeaseUntil = seen + lease,
            Claims = (int)row.GetInt64(12),
            IsQuiet = row.GetBoolean(4),
        };
    }
}
