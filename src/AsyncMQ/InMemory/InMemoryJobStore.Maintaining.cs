using AsyncMQ.Storage;

namespace AsyncMQ.InMemory;

/// <content>Maintain: retention, time-to-live, tombstones, windows, old sessions and old figures, in bounded steps.</content>
internal sealed partial class InMemoryJobStore
{
    /// <summary>How long a job that somebody waits for is kept after its end, whatever the policy says.</summary>
    private static readonly TimeSpan WatchedIsKept = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan UnusedSessionLives = TimeSpan.FromHours(1);
    private static readonly TimeSpan EndedSessionIsKnown = TimeSpan.FromDays(1);

    private static readonly JobState[] FailedStates = [JobState.Failed];
    private static readonly JobState[] OtherEnds = [JobState.Completed, JobState.Expired, JobState.Cancelled];

    /// <summary>Tombstones by the time they end.</summary>
    private readonly PriorityQueue<Tombstone, long> tombstones = new();

    private MaintainReply Maintain(MaintainStep step)
    {
        int budget = step.Limit;
        foreach (StoredQueue queue in queues.Values)
            Expire(queue, ref budget);
        int expired = step.Limit - budget;

        int before = budget;
        foreach (StoredQueue queue in queues.Values)
        {
            RetentionPolicy policy = queue.Retention ?? step.DefaultRetention;
            Retain(queue, OtherEnds, policy.Age, policy.Count, ref budget);
            Retain(queue, FailedStates, policy.FailedAge, policy.FailedCount, ref budget);
        }

        int removed = before - budget;
        DropTombstones(ref budget);
        DropWindows(ref budget);
        foreach (StoredQueue queue in queues.Values)
        {
            if (queue.HasKeys)
                queue.Keys.ForgetDue(now, ref budget);
        }

        DropSessions(ref budget);
        journal.Tidy(now);
        DropMetrics(ref budget);
        SpreadEffects();
        return new(removed, expired, More: budget == 0 || NextEffect() is not null, NextSchedule());
    }

    /// <summary>Removes the oldest of some final states while they are past the age, or more than the count have ended since.</summary>
    private void Retain(StoredQueue queue, JobState[] states, TimeSpan? age, int? count, ref int budget)
    {
        long ended = 0;
        foreach (JobState state in states)
            ended += queue.Ended(state).Count;
        if (ended == 0)
            return;

        var oldest = new JobEntry?[states.Length];
        for (int i = 0; i < states.Length; i++)
            oldest[i] = queue.Ended(states[i]).Head;

        // Those spared stay where they are and count like any other, so the walk goes as far as the policy reaches, not farther.
        for (; budget > 0 && TakeOldest(oldest) is { } entry; ended--)
        {
            bool isTooOld = age is { } limit && now - entry.At > limit.Ticks;
            if (!isTooOld && (count is not { } most || ended <= most))
                return;
            if (IsSpared(entry))
                continue;

            if (!isTooOld)
                BuryCustomId(entry, age);
            Finish(entry, null);
            budget--;
        }
    }

    /// <summary>The oldest of the list heads; its list moves on.</summary>
    private static JobEntry? TakeOldest(Span<JobEntry?> heads)
    {
        int oldest = -1;
        for (int i = 0; i < heads.Length; i++)
        {
            if (heads[i] is { } head && (oldest < 0 || head.Key > heads[oldest]!.Key))
                oldest = i;
        }

        if (oldest < 0)
            return null;
        JobEntry entry = heads[oldest]!;
        heads[oldest] = entry.Next;
        return entry;
    }

    private bool IsSpared(JobEntry entry) =>
        ((entry.Flags & (JobFlags.Watched | JobFlags.ResultWanted)) != 0 && now - entry.At < WatchedIsKept.Ticks)
        || ((entry.Flags & JobFlags.Dependents) != 0 && entry.Extras!.Links!.Dependents!.Unended > 0);

    /// <summary>A custom id stays taken as long as the age says, though the count removes the record. A cancelled one is free already.</summary>
    private void BuryCustomId(JobEntry entry, TimeSpan? age)
    {
        if ((entry.Flags & JobFlags.CustomId) == 0 || entry.State == JobState.Cancelled)
            return;

        long until = age is { } limit ? entry.At + limit.Ticks : long.MaxValue;
        var tombstone = new Tombstone(entry.Queue, entry.Id, entry.Stamp, entry.State, until);
        entry.Queue.Tombstones[entry.Id] = tombstone;
        if (until < long.MaxValue)
            tombstones.Enqueue(tombstone, until);
    }

    private void DropTombstones(ref int budget)
    {
        for (; budget > 0 && tombstones.TryPeek(out Tombstone? tombstone, out long until) && until <= now; budget--)
        {
            tombstones.Dequeue();
            if (tombstone.Queue.Tombstones.GetValueOrDefault(tombstone.Id) == tombstone)
                tombstone.Queue.Tombstones.Remove(tombstone.Id);
        }
    }

    private void DropWindows(ref int budget)
    {
        for (; budget > 0 && windows.TryPeek(out DeduplicationHold? hold, out long ends) && ends <= now; budget--)
        {
            windows.Dequeue();
            hold.IsIndexed = false;
            if (hold.Queue.Deduplication.GetValueOrDefault(hold.Id) != hold)
                continue;

            if (hold.WindowEnds is { } window && window.UtcTicks > now)
                SetWindow(hold, window);
            else if (!hold.HasLiveOwner)
                hold.Queue.Deduplication.Remove(hold.Id);
        }
    }

    private void DropSessions(ref int budget)
    {
        foreach (StoredSession session in sessions.Values)
        {
            if (budget > 0 && !session.HasLease && now - session.SeenAt > UnusedSessionLives.Ticks)
            {
                End(session);
                budget--;
            }
        }

        for (; budget > 0 && endedSessions.TryPeek(out var ended) && now - ended.EndedAt > EndedSessionIsKnown.Ticks; budget--)
        {
            endedSessions.Dequeue();
            endedIds.Remove(ended.Id);
        }
    }
}
