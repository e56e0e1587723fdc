using AsyncMQ.Storage;

namespace AsyncMQ.InMemory;

/// <content>Recover: sessions past their lease die, and their claims are taken back.</content>
internal sealed partial class InMemoryJobStore
{
    /// <summary>Dead sessions that still have claims to take back, in order of death.</summary>
    private readonly Queue<StoredSession> deadSessions = new();
    private LastRenewal? lastRenewal;
    private long recoveryAllowedFrom;

    /// <summary>A session with a lease was opened or renewed.</summary>
    private void NoteRenewal(StoredSession session)
    {
        if (session.Info.Lease is not { } lease)
            return;

        recoveryAllowedFrom = RecoveryRules.AllowedFrom(now, lease.Ticks, lastRenewal, recoveryAllowedFrom);
        lastRenewal = new(now, lease.Ticks);
    }

    private RecoverReply Recover(RecoverStep step)
    {
        RecoverReply reply = TakeBackClaims(step);
        SpreadEffects();
        return reply;
    }

    private RecoverReply TakeBackClaims(RecoverStep step)
    {
        if (!RecoveryRules.IsAllowed(now, lastRenewal, recoveryAllowedFrom))
            return new([], [], More: false);

        List<string> dead = DeclareDead();
        var taken = new List<RecoveredJob>();
        while (deadSessions.TryPeek(out StoredSession? session))
        {
            for (; taken.Count < step.Limit && session.Claims.Oldest is { } entry;)
                taken.Add(TakeBack(entry, step));
            if (session.Claims.Count > 0)
                break;
            deadSessions.Dequeue();
        }

        return new(dead, taken, More: deadSessions.Count > 0);
    }

    private List<string> DeclareDead()
    {
        var names = new List<string>();
        foreach (StoredSession session in sessions.Values)
        {
            if (!session.HasLease || session.LeaseUntil > now)
                continue;

            // Removing while enumerating is allowed: a dictionary's enumerator survives Remove.
            End(session);
            names.Add(session.Info.Name);
            deadSessions.Enqueue(session);
            AnnounceMail(session);
            TellWorker(JobEventKinds.WorkerDown, session, isLost: true);
        }

        return names;
    }

    private RecoveredJob TakeBack(JobEntry entry, RecoverStep step)
    {
        bool cancelled = entry.CancelRequested;
        RecordAttempt(entry, AttemptOutcome.Stalled, step.StallError);
        entry.Attempt--;
        entry.Stalls++;
        TellStalled(entry, step.StallError);

        if (cancelled)
        {
            Finish(entry, JobState.Cancelled);
        }
        else if (entry.Stalls > step.MaxStallsByQueue.GetValueOrDefault(entry.Queue.Name, step.MaxStalls))
        {
            entry.Extras!.Error = step.StallError;
            Finish(entry, JobState.Failed, step.StallError);
        }
        else
        {
            ReturnToWaiting(entry);
        }

        return new(entry.Ref, entry.State, entry.Stalls);
    }
}
