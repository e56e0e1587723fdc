using AsyncMQ.Storage;

namespace AsyncMQ.InMemory;

/// <content>The audit of keys.</content>
internal sealed partial class InMemoryJobStore
{
    /// <summary>Keys count what there is, and stand exactly where the rules let them.</summary>
    private void AuditKeys(StoredQueue queue, List<string> faults)
    {
        ILookup<string, JobEntry> jobs = queue.Jobs.Values.Where(static entry => entry.Spot is not null).ToLookup(static entry => entry.Spot!.Key, StringComparer.Ordinal);
        foreach (IGrouping<string, JobEntry> group in jobs)
        {
            bool isNeeded = group.Any(static entry => entry.State is JobState.Waiting or JobState.Active);
            if (isNeeded && !(queue.HasKeys && queue.Keys.Find(group.Key) is not null))
                faults.Add($"Key {group.Key} of queue {queue.Name} has jobs that wait or run, but no record.");
        }

        if (!queue.HasKeys)
            return;
        foreach (StoredKey key in queue.Keys.All)
        {
            int waiting = jobs[key.Name].Count(static entry => entry.State == JobState.Waiting), active = jobs[key.Name].Count(static entry => entry.State == JobState.Active);
            if ((key.Waiting, key.Active) != (waiting, active))
                faults.Add($"Key {key.Name} of queue {queue.Name} counts {key.Waiting} waiting and {key.Active} active jobs, but has {waiting} and {active}.");
            if (key.Lanes.Sum(static lane => lane.Count) != waiting || key.Lanes.Any(static lane => lane.Count == 0))
                faults.Add($"The lanes of key {key.Name} of queue {queue.Name} do not hold its waiting jobs.");
            if (key.Head is { } head && (head.State.IsFinal() || queue.Jobs.GetValueOrDefault(head.Id) != head))
                faults.Add($"Key {key.Name} of queue {queue.Name} waits for the end of {head.Id}, which has ended.");
            AuditPlaces(queue, key, faults);
        }
    }

    private void AuditPlaces(StoredQueue queue, StoredKey key, List<string> faults)
    {
        long opensAt = key.OpensAt(queue.Keys.LimitsOf(key), now);
        foreach (KeyLane lane in key.Lanes)
        {
            // One whose time has come takes its place when its queue is next asked for.
            bool isLate = opensAt <= now && key.LookAt <= now;
            bool mayStand = opensAt <= now && key.LetsStand(lane);
            if (lane.Ring is not null != mayStand && !isLate)
                faults.Add($"Key {key.Name} of queue {queue.Name} {(mayStand ? "is open but does not stand" : "stands but is not open")} in priority {lane.Priority}.");
        }

        if (opensAt > now && opensAt < long.MaxValue && key.Waiting > 0 && (key.LookAt != opensAt || !key.IsToOpen))
            faults.Add($"Key {key.Name} of queue {queue.Name} opens at {opensAt}, but is looked at {key.LookAt}.");
    }
}
