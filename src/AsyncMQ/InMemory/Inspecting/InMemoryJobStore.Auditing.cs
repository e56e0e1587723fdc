using AsyncMQ.Storage;

namespace AsyncMQ.InMemory;

/// <content>Audit: the store's own state against the invariants.</content>
internal sealed partial class InMemoryJobStore
{
    private List<string> Audit()
    {
        var faults = new List<string>();
        foreach (StoredQueue queue in queues.Values)
        {
            AuditStates(queue, faults);
            AuditParked(queue, faults);
            AuditTimeToLive(queue, faults);
            AuditDeduplication(queue, faults);
            AuditReadiness(queue, faults);
            AuditSchedules(queue, faults);
            AuditKeys(queue, faults);
        }

        AuditClaims(faults);
        AuditLinks(faults);
        int firing = queues.Values.Sum(static queue => queue.Schedules.Values.Count(static schedule => schedule.MayFire));
        if (firing != schedules.Count)
            faults.Add($"{firing} schedules are to fire, but their index has {schedules.Count}.");
        return faults;
    }

    /// <summary>Every job is in exactly one state's index, each index is in order, and counts equal enumeration.</summary>
    private static void AuditStates(StoredQueue queue, List<string> faults)
    {
        long indexed = 0;
        foreach (JobState state in Enum.GetValues<JobState>())
        {
            long enumerated = 0;
            PageKey? last = null;
            foreach (JobEntry entry in Behind(queue, new() { Queue = queue.Name, State = state }))
            {
                enumerated++;
                if (entry.State != state)
                    faults.Add($"{entry.Ref} is {entry.State} but stands in the index of {state}.");
                if (queue.Jobs.GetValueOrDefault(entry.Id) != entry)
                    faults.Add($"{entry.Ref} stands in the index of {state} but has no record.");
                if (entry.Key <= last)
                    faults.Add($"{entry.Ref} is out of order in {state}.");
                last = entry.Key;
            }

            if (enumerated != queue.CountOf(state))
                faults.Add($"Queue {queue.Name} counts {queue.CountOf(state)} {state} jobs but has {enumerated}.");
            indexed += enumerated;
        }

        if (indexed != queue.Jobs.Count)
            faults.Add($"Queue {queue.Name} has {queue.Jobs.Count} records but {indexed} entries in its indexes.");
    }

    private static void AuditParked(StoredQueue queue, List<string> faults)
    {
        foreach ((string name, Bench bench) in queue.Parked)
        {
            if (bench.Count == 0)
                faults.Add($"Queue {queue.Name} keeps an empty bench for {name}.");
            foreach (JobEntry entry in bench.Behind(null, reverse: false).SelectMany(static jobs => jobs))
            {
                if (entry.Name != name || !entry.IsParked)
                    faults.Add($"{entry.Ref} stands in the lane for {name} but is not parked under it.");
            }
        }

        if (queue.Jobs.Values.Count(static entry => entry.IsParked) != queue.ParkedCount)
            faults.Add($"Queue {queue.Name} counts {queue.ParkedCount} parked jobs, which is not how many are.");
    }

    private static void AuditTimeToLive(StoredQueue queue, List<string> faults)
    {
        int bounded = 0;
        foreach (JobEntry entry in queue.Jobs.Values)
        {
            if (!entry.HasTimeToLive || entry.State is not (JobState.Waiting or JobState.Delayed))
                continue;
            bounded++;
            if (!queue.Expiring.Contains(entry))
                faults.Add($"{entry.Ref} has a time-to-live but is not indexed by it.");
        }

        if (bounded != queue.Expiring.Count)
            faults.Add($"Queue {queue.Name} indexes {queue.Expiring.Count} jobs by time-to-live but has {bounded}.");
    }

    /// <summary>A deduplication id has an owner that has not ended, or a window; only an owner that runs has an add kept behind it.</summary>
    private void AuditDeduplication(StoredQueue queue, List<string> faults)
    {
        foreach ((string id, DeduplicationHold hold) in queue.Deduplication)
        {
            if (hold.Owner is { } owner && queue.Jobs.GetValueOrDefault(owner.Id) != owner)
                faults.Add($"Deduplication id {id} of queue {queue.Name} has an owner, {owner.Id}, without a record.");
            if (!hold.HasLiveOwner && hold.WindowEnds is null)
                faults.Add($"Deduplication id {id} of queue {queue.Name} is held by nobody and for no time.");
            if (!hold.HasLiveOwner && hold.Kept is not null)
                faults.Add($"Deduplication id {id} of queue {queue.Name} keeps an add that nothing will end for.");
            if (hold.WindowEnds is not null && !hold.HasLiveOwner && !hold.IsIndexed)
                faults.Add($"Deduplication id {id} of queue {queue.Name} has a window that nothing will end.");
        }

        foreach (Tombstone tombstone in queue.Tombstones.Values)
        {
            if (tombstone.Until > now && queue.Jobs.ContainsKey(tombstone.Id))
                faults.Add($"{queue.Name}/{tombstone.Id} has a tombstone and a record.");
        }
    }

    private void AuditReadiness(StoredQueue queue, List<string> faults)
    {
        bool givesWork = queue.Budget(now) > 0 && (queue.Waiting.GivesWork || queue.Delayed.Earliest <= now);
        if (givesWork && queue.ReadyAt > now)
            faults.Add($"Queue {queue.Name} has work, but the index of ready queues does not say so.");
        if (ready.Contains(queue) != queue.ReadyAt < long.MaxValue)
            faults.Add($"Queue {queue.Name} is ready at {queue.ReadyAt}, but the index does not agree.");
        if (parking.Contains(queue) != queue.ParkedCount > 0)
            faults.Add($"Queue {queue.Name} has {queue.ParkedCount} parked jobs, but the index does not agree.");
    }

    private void AuditSchedules(StoredQueue queue, List<string> faults)
    {
        foreach ((string id, StoredSchedule schedule) in queue.Schedules)
        {
            if (schedules.Contains(schedule) != schedule.MayFire)
                faults.Add($"Schedule {queue.Name}/{id} is next due at {schedule.Next}, but the index of schedules does not agree.");
            if (schedule.History.Count > OccurrenceRecord.MostKept)
                faults.Add($"Schedule {queue.Name}/{id} keeps {schedule.History.Count} occurrences.");
        }
    }

    /// <summary>Every active job is held by exactly one session that is alive or waits for recovery, and every claim is an active job.</summary>
    private void AuditClaims(List<string> faults)
    {
        long held = 0;
        foreach (StoredSession session in sessions.Values.Concat(deadSessions))
        {
            int claims = 0;
            for (JobEntry? entry = session.Claims.Oldest; entry is not null; entry = entry.NextClaim)
            {
                claims++;
                if (entry.State != JobState.Active || entry.Session != session || Find(entry.Ref) != entry)
                    faults.Add($"{entry.Ref} is claimed by session {session.Id} but is not active under it.");
            }

            if (claims != session.Claims.Count)
                faults.Add($"Session {session.Id} counts {session.Claims.Count} claims but holds {claims}.");
            if (session.Cancellations.Any(entry => entry.Session != session || !entry.CancelRequested))
                faults.Add($"Session {session.Id} has a cancellation of a job that it does not hold.");
            held += claims;
        }

        long active = queues.Values.Sum(static queue => (long)queue.Active.Count);
        if (active != held)
            faults.Add($"{active} jobs are active, but sessions hold {held}.");
    }
}
