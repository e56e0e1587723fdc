using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Linking;
using AsyncMQ.Sqlite.Records;
using AsyncMQ.Sqlite.Working;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Leasing;

/// <summary>Opens sessions, makes them quiet, and ends them. Renewal is <see cref="Renewing"/>, on a connection of its own.</summary>
internal sealed class SessionLife(Books books, Finishing finishing, Spreading spreading)
{
    private const int Closed = 1;
    private const int Dead = 2;

    public bool Open(SessionInfo info)
    {
        if (books.Sessions.Find(info.Id) is { } known)
            return known.IsAlive ? true : throw new SessionLostException(info.Id);

        long now = books.Now;
        LastRenewal? last = books.Sessions.LastRenewal();
        books.Names.Intern(info.Name);
        books.Database.Prepare("sessions/open").Start()
            .Bind(info.Id.Value.ToByteArray()).Bind(info.Name).Bind(info.Lease?.Ticks).Bind(now).Bind(Ticks.Add(now, info.Lease ?? TimeSpan.Zero))
            .Bind(string.Join('\n', info.Names)).Bind(string.Join('\n', info.Queues))
            .Bind(info.IsQuiet).Bind(info.Host).Bind(info.ProcessId).Bind(info.Version).Bind(info.Concurrency).Bind(Layout.Minor).Run();
        if (info.Lease is { } lease)
            books.Ledger.SetRenewal(RecoveryRules.AllowedFrom(now, lease.Ticks, last, books.Ledger.RecoverFrom));
        books.Telling.Worker(JobEventKinds.WorkerUp, info);
        return true;
    }

    public bool Administer(AdministerSessionStep step)
    {
        SessionEntry sender = books.Sessions.Require(step.Step);
        if (books.Sessions.Replay(sender, step.Step) is not null)
            return true;
        if (books.Sessions.Find(step.Target) is not { IsAlive: true, Info.Lease: not null } target)
            return false;
        if (target.IsQuiet is null)
            throw new StoreRejectedException($"Session {target.Info.Id} ({target.Info.Name}) was opened by an earlier version of the library, which would go on all the same. Update that process, or pause its queues.");

        books.Database.Prepare("sessions/set-quiet").Start().Bind(step.Quiet).Bind(target.Key).Run();
        target.IsQuiet = step.Quiet;
        books.Ledger.Tell(new(StoreSignalKind.Mail, Session: step.Target));
        books.Sessions.Keep(sender, step.Step, [1]);
        return true;
    }

    public bool Close(SessionId id)
    {
        if (books.Sessions.Find(id) is not { IsAlive: true } session)
            return true;

        End(session, Closed);
        foreach (long handle in Claims(session.Key, int.MaxValue))
        {
            if (books.Jobs.Find(handle) is not { } job)
                continue;
            if (job.IsCompleting)
            {
                finishing.Finish(job, JobState.Completed);
                continue;
            }

            if (job.CancelRequested)
                books.Jobs.AddAttempt(job, AttemptOutcome.Cancelled, default);
            job.Attempt--;
            if (job.CancelRequested)
            {
                finishing.Finish(job, JobState.Cancelled);
            }
            else
            {
                books.Jobs.Enter(job, JobState.Waiting);
                books.Telling.Tell(JobEventKinds.Returned, job);
            }
        }

        books.Telling.Worker(JobEventKinds.WorkerDown, session.Info);

        spreading.WorkOff();
        return true;
    }

    /// <summary>Declares a session dead. From now on its steps are refused.</summary>
    public void Kill(SessionEntry session)
    {
        End(session, Dead);
        books.Telling.Worker(JobEventKinds.WorkerDown, session.Info, isLost: true);
        books.Ledger.Tell(new(StoreSignalKind.Mail, Session: session.Info.Id));
    }

    /// <summary>Ends a session that nobody has used for long.</summary>
    public void Drop(SessionEntry session) => End(session, Closed);

    /// <summary>The handles of a session's claims, oldest first.</summary>
    public List<long> Claims(long session, int limit)
    {
        List<long> handles = [];
        Statement rows = books.Database.Prepare("sessions/claims").Start().Bind(session).Bind(limit);
        while (rows.Step())
            handles.Add(rows.Long(0));
        return handles;
    }

    private void End(SessionEntry session, int state)
    {
        books.Database.Prepare("sessions/end").Start().Bind(state).Bind(session.Key).Run();
        books.Database.Prepare("sessions/delete-lanes").Start().Bind(session.Key).Run();
        books.Sessions.Forget(session.Info.Id);
    }
}
