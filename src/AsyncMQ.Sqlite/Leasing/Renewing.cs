using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Records;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Leasing;

/// <summary>
/// Renews leases: on a connection of its own and on the caller's thread, so that neither a full thread pool nor a long queue in front of the writer can
/// cost a worker its claims.
/// </summary>
internal sealed class Renewing(string path, SqliteStoreOptions options, TimeProvider time, WriteTurns turns) : IDisposable
{
    private readonly Lock gate = new();
    private Database? database;
    private bool isDisposed;

    public RenewReply Renew(RenewStep step)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isDisposed, typeof(SqliteJobStore));
            try
            {
                if (database is null)
                {
                    database = Database.Open(path, options, create: false);
                    database.PrepareForWriting(options);
                }

                return Renew(database, step);
            }
            catch (SqliteFault fault)
            {
                if (!fault.IsBusy)
                {
                    database?.Dispose();
                    database = null;
                }

                throw fault.ToStoreException(path);
            }
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            isDisposed = true;
            database?.Dispose();
            database = null;
        }
    }

    private RenewReply Renew(Database open, RenewStep step)
    {
        turns.BeginWriting(open, options.BusyTimeout);
        try
        {
            RenewReply reply = Write(open, step);
            open.Commit();
            turns.Renewals++;
            return reply;
        }
        finally
        {
            open.Rollback();
            turns.Exit();
        }
    }

    private RenewReply Write(Database open, RenewStep step)
    {
        Statement meta = open.Prepare("transaction/meta").Start();
        if (!meta.Step())
            return new(false, 0, []);
        long now = time.GetUtcNow().UtcTicks + meta.Long(0);
        (long lastRenewal, long recoverFrom) = (meta.Long(2), meta.Long(3));
        meta.Reset();
        LastRenewal? last = Sessions.LastRenewal(open, lastRenewal);

        Span<byte> id = stackalloc byte[16];
        step.Session.Value.TryWriteBytes(id);
        Statement renew = open.Prepare("renew/renew").Start().Bind(now).Bind(step.ClaimsHeld).Bind(id);
        if (!renew.Step())
            return new(false, 0, []);
        long key = renew.Long(0);
        long? lease = renew.OptionalLong(1);
        bool isQuiet = renew.OptionalLong(2) is > 0;
        renew.Reset();

        if (lease is { } known)
            open.Prepare("transaction/set-renewal").Start().Bind(now).Bind(RecoveryRules.AllowedFrom(now, known, last, recoverFrom)).Run();
        int claims = (int)(open.Prepare("renew/count-claims").Start().Bind(key).RunForNumber() ?? 0);
        return new(true, claims, Mail(open, step.Session, key), isQuiet);
    }

    private static List<SessionClaim> Mail(Database open, SessionId session, long key)
    {
        List<SessionClaim> mail = [];
        Statement rows = open.Prepare("renew/cancellations").Start().Bind(key);
        while (rows.Step())
            mail.Add(new(new(rows.Text(0), rows.Text(1)), rows.Long(2), new(session, rows.Int(3), rows.Long(4))));
        return mail;
    }
}
