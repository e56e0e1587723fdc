using AsyncMQ.Storage;

namespace AsyncMQ.InMemory;

/// <content>Sessions: open, renew, make quiet, close.</content>
internal sealed partial class InMemoryJobStore
{
    private readonly Dictionary<SessionId, StoredSession> sessions = [];

    /// <summary>Sessions that are closed or dead, in order of their end: such an id is not opened again.</summary>
    private readonly Queue<(long EndedAt, SessionId Id)> endedSessions = new();
    private readonly HashSet<SessionId> endedIds = [];

    /// <summary>The session of a step.</summary>
    private StoredSession Use(SessionId id)
    {
        if (!sessions.TryGetValue(id, out StoredSession? session))
            throw new SessionLostException(id);
        if (!session.HasLease)
            session.SeenAt = now;
        return session;
    }

    private bool Open(SessionInfo info)
    {
        if (endedIds.Contains(info.Id))
            throw new SessionLostException(info.Id);
        if (sessions.ContainsKey(info.Id))
            return true;

        var session = new StoredSession(info, NextNumber(), now);
        sessions.Add(info.Id, session);
        NoteRenewal(session);
        TellWorker(JobEventKinds.WorkerUp, session);
        return true;
    }

    private RenewReply RenewSession(RenewStep step)
    {
        if (!sessions.TryGetValue(step.Session, out StoredSession? session))
            return new(Alive: false, 0, []);

        session.Renew(now);
        NoteRenewal(session);
        var cancellations = new SessionClaim[session.Cancellations.Count];
        int i = 0;
        foreach (JobEntry entry in session.Cancellations)
            cancellations[i++] = ToClaim(entry);
        return new(Alive: true, session.Claims.Count, cancellations, session.IsQuiet);
    }

    private bool AdministerSession(AdministerSessionStep step)
    {
        if (!sessions.TryGetValue(step.Target, out StoredSession? session) || !session.HasLease)
            return false;

        session.IsQuiet = step.Quiet;
        AnnounceMail(session);
        return true;
    }

    private bool Close(SessionId id)
    {
        if (!sessions.TryGetValue(id, out StoredSession? session))
            return false;

        foreach (JobEntry entry in session.Claims.ByAge())
        {
            bool cancelled = entry.CancelRequested;
            if (cancelled)
                RecordAttempt(entry, AttemptOutcome.Cancelled, default);
            entry.Attempt--;
            if (cancelled)
            {
                Finish(entry, JobState.Cancelled);
            }
            else
            {
                ReturnToWaiting(entry);
                Tell(JobEventKinds.Returned, entry);
            }
        }

        End(session);
        TellWorker(JobEventKinds.WorkerDown, session);
        SpreadEffects();
        return true;
    }

    /// <summary>From here on, the session's steps are refused.</summary>
    private void End(StoredSession session)
    {
        sessions.Remove(session.Id);
        endedIds.Add(session.Id);
        endedSessions.Enqueue((now, session.Id));
        session.Forget();
    }

    private static SessionClaim ToClaim(JobEntry entry) => new(entry.Ref, entry.Handle, entry.Token);
}
