using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Records;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Inspecting;

/// <summary>Reads queues and their counts.</summary>
internal sealed class QueueReader(Database database)
{
    /// <summary>A queue's row; null when it was never used.</summary>
    public QueueEntry? Find(string name)
    {
        Statement row = database.Prepare("queues/by-name").Start().Bind(name);
        if (!row.Step())
            return null;
        QueueEntry queue = QueueEntry.Read(row);
        row.Reset();
        return queue;
    }

    /// <summary>The rows of all queues.</summary>
    public List<QueueEntry> Rows()
    {
        List<QueueEntry> queues = [];
        Statement rows = database.Prepare("queues/all").Start();
        while (rows.Step())
            queues.Add(QueueEntry.Read(rows));
        return queues;
    }

    public List<QueueRecord> All(long now)
    {
        List<QueueRecord> queues = Rows().ConvertAll(queue => queue.ToRecord(now));

        // SQLite orders by UTF-8, which is not the ordinal order of .NET's UTF-16.
        queues.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        return queues;
    }

    public QueueCounts Count(string name, long now)
    {
        if (Find(name) is not { } queue)
            return new() { Queue = name, ByState = new long[(int)JobState.Cancelled + 1] };

        var counts = new long[(int)JobState.Cancelled + 1];
        for (int i = 0; i < counts.Length; i++)
            counts[i] = queue[(JobState)i];
        return new()
        {
            Queue = name,
            ByState = counts,
            Prioritized = queue.Prioritized,
            Parked = queue.Parked,
            Pause = queue.PauseAt(now),
            OldestWaiting = NextSince(queue) is { } since ? new TimeSpan(Math.Max(0, now - since)) : null,
            Rates = queue.RatesAt(now),
        };
    }

    /// <summary>Since when the next job to run has been waiting, parked ones included; null: none waits.</summary>
    private long? NextSince(QueueEntry queue)
    {
        if (queue[JobState.Waiting] == 0)
            return null;

        Statement next = database.Prepare("inspect/next-waiting").Start().Bind(queue.Id);
        long? since = next.Step() ? next.Long(0) : null;
        next.Reset();
        return since;
    }
}
