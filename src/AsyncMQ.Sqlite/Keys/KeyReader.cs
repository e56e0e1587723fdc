using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Inspecting;
using AsyncMQ.Sqlite.Records;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Keys;

/// <summary>Reads keys, for people and for the core.</summary>
internal sealed class KeyReader(Database database, long now)
{
    /// <summary>A key; null when there is nothing to say of it.</summary>
    public KeyRecord? Find(string queueName, string name)
    {
        if (new QueueReader(database).Find(queueName) is not { } queue)
            return null;

        Statement row = database.Prepare("keys/find").Start().Bind(queue.Id).Bind(KeyEntry.PlaceOf(name).AsSpan());
        KeyRecord? found = row.Step() ? ToRecord(queue, KeyEntry.Read(row, queue.Id)) : null;
        row.Reset();
        return found;
    }

    /// <summary>Keys of a queue behind another one, in ordinal order.</summary>
    public List<KeyRecord> Behind(string queueName, string? after, int take)
    {
        List<KeyRecord> found = [];
        if (new QueueReader(database).Find(queueName) is not { } queue)
            return found;

        Statement rows = database.Prepare("keys/behind").Start().Bind(queue.Id).Bind(after is null ? [] : KeyEntry.PlaceOf(after).AsSpan());
        while (found.Count < take && rows.Step())
        {
            if (ToRecord(queue, KeyEntry.Read(rows, queue.Id)) is { } key)
                found.Add(key);
        }

        rows.Reset();
        return found;
    }

    // Null: there is nothing to remember any more, only nobody has noticed yet.
    private KeyRecord? ToRecord(QueueEntry queue, KeyEntry key)
    {
        KeyLimits? limits = key.Own ?? queue.Limits?.PerKey;
        if (key.ForgottenAt(limits, now) <= now)
            return null;

        long permit = limits?.Rate is { } rate && key.Window is { } window ? window.NextPermit(rate, now) : now;
        return new()
        {
            Queue = queue.Name,
            Key = key.Name,
            Limits = key.Own,
            Waiting = key.Waiting,
            Active = key.Active,
            HeldUntil = key.HeldUntil > now ? Ticks.ToTime(key.HeldUntil) : null,
            NextPermit = permit > now ? Ticks.ToTime(permit) : null,
            Head = key.Head is { } head ? IdOf(head) : null,
        };
    }

    private string? IdOf(long handle)
    {
        Statement row = database.Prepare("keys/head-id").Start().Bind(handle);
        string? id = row.Step() ? row.Text(0) : null;
        row.Reset();
        return id;
    }
}
