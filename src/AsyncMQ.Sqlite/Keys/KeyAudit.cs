using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Inspecting;
using AsyncMQ.Sqlite.Records;

namespace AsyncMQ.Sqlite.Keys;

/// <summary>The audit of keys, as far as limits decide: they stand exactly where the rules let them.</summary>
internal static class KeyAudit
{
    public static void Audit(Database database, long now, List<string> violations)
    {
        foreach (QueueEntry queue in new QueueReader(database).Rows())
        {
            // What their jobs have left to be told may open or close them.
            if (queue.HasLeft)
                continue;
            foreach (KeyEntry key in KeysOf(database, queue))
                Audit(queue, key, now, violations);
        }
    }

    private static List<KeyEntry> KeysOf(Database database, QueueEntry queue)
    {
        List<KeyEntry> keys = [];
        Statement rows = database.Prepare("keys/behind").Start().Bind(queue.Id).Bind([]);
        while (rows.Step())
            keys.Add(KeyEntry.Read(rows, queue.Id));

        Statement lanes = database.Prepare("keys/lanes");
        foreach (KeyEntry key in keys)
            key.ReadLanes(lanes);
        return keys;
    }

    private static void Audit(QueueEntry queue, KeyEntry key, long now, List<string> violations)
    {
        long opensAt = key.OpensAt(key.Own ?? queue.Limits?.PerKey, now);
        Dictionary<int, long> turns = [];
        foreach (LaneEntry lane in key.Lanes)
        {
            // One whose time has come takes its place when its queue is next asked for.
            bool isLate = opensAt <= now && key.LookAt <= now;
            bool mayStand = opensAt <= now && key.LetsStand(lane);
            if (lane.Turn is not null != mayStand && !isLate)
                violations.Add($"Key {key.Name} of queue {queue.Name} {(mayStand ? "is open but does not stand" : "stands but is not open")} in priority {lane.Seat.Priority}.");
            if (lane.Turn is { } turn && !turns.TryAdd(lane.Seat.Priority, turn) && turns[lane.Seat.Priority] != turn)
                violations.Add($"Key {key.Name} of queue {queue.Name} has two places in priority {lane.Seat.Priority}.");
        }

        if (opensAt > now && opensAt < long.MaxValue && key.Waiting > 0 && (key.LookAt != opensAt || !key.IsToOpen))
            violations.Add($"Key {key.Name} of queue {queue.Name} opens at {opensAt}, but is looked at {key.LookAt}.");
    }
}
