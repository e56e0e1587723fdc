using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Records;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Inspecting;

/// <summary>Reads sessions and their claims.</summary>
internal sealed class SessionReader(Database database)
{
    /// <summary>All live sessions with a lease, in order of opening.</summary>
    public List<SessionRecord> All()
    {
        List<SessionRecord> sessions = [];
        Statement rows = database.Prepare("inspect/sessions").Start();
        while (rows.Step())
        {
            sessions.Add(new()
            {
                Info = new()
                {
                    Id = new(new(rows.Span(0))),
                    Name = rows.Text(1),
                    Lease = new TimeSpan(rows.Long(2)),
                    Names = Sessions.Lines(rows.Text(5)),
                    Queues = Sessions.Lines(rows.Text(6)),
                    Host = rows.OptionalText(10) ?? "",
                    ProcessId = (int)(rows.OptionalLong(11) ?? 0),
                    Version = rows.OptionalText(12) ?? "",
                    Concurrency = (int)(rows.OptionalLong(13) ?? 0),
                },
                OpenedAt = Ticks.ToTime(rows.Long(3)),
                RenewedAt = Ticks.ToTime(rows.Long(8)),
                LeaseUntil = Ticks.ToTime(rows.Long(4)),
                Claims = rows.Int(7),
                IsQuiet = rows.OptionalLong(9) is > 0,
            });
        }

        return sessions;
    }

    /// <summary>The claims of a live session, oldest first.</summary>
    public List<SessionClaim> Claims(SessionId session)
    {
        List<SessionClaim> claims = [];
        if (database.Prepare("inspect/session-key").Start().Bind(session.Value.ToByteArray()).RunForNumber() is not { } key)
            return claims;

        Statement rows = database.Prepare("renew/claims").Start().Bind(key);
        while (rows.Step())
            claims.Add(new(new(rows.Text(0), rows.Text(1)), rows.Long(2), new(session, rows.Int(3), rows.Long(4))));
        return claims;
    }
}
