namespace AsyncMQ.InMemory;

/// <content>What is there to do, now and next: for a host whose clock stands still until it is moved.</content>
internal sealed partial class InMemoryJobStore
{
    /// <summary>When something happens by itself next: a delay or a time-to-live is over, a pause ends, a schedule is due. Null: nothing is to come.</summary>
    internal DateTimeOffset? NextEvent() => Locked(0, static (store, _) => store.FindNextEvent());

    /// <summary>The queues that would give a worker a job now, those parked under names that nobody knows aside.</summary>
    internal IReadOnlyList<string> QueuesWithWork() => Locked(0, static (store, _) => store.FindQueuesWithWork());

    private DateTimeOffset? FindNextEvent()
    {
        long next = long.MaxValue;
        foreach (StoredQueue queue in queues.Values)
        {
            Consider(queue.Delayed.Earliest);
            Consider(queue.Expiring.Earliest);
            Consider(queue.Pausing?.Until ?? long.MaxValue);
            Consider(queue.HeldUntil);
            Consider(queue.NextPermit(now));
            Consider(queue.HasKeys ? queue.Keys.NextOpening : long.MaxValue);
        }

        // Those that are due already come first; they fire by the time it is.
        Consider(schedules.FirstOrDefault(schedule => schedule.Next > now)?.Next ?? long.MaxValue);

        return next == long.MaxValue ? null : ToTime(next);

        void Consider(long time)
        {
            if (time > now && time < next)
                next = time;
        }
    }

    private List<string> FindQueuesWithWork()
    {
        bool hasEffects = NextEffect() is not null;
        var names = new List<string>();
        foreach (StoredQueue queue in queues.Values)
        {
            // What is left of ends to spread is work for whoever comes, from whatever queue.
            if (hasEffects || queue.NextWorkAt(hasWaiting: queue.Waiting.GivesWork, now) <= now)
                names.Add(queue.Name);
        }

        return names;
    }
}
