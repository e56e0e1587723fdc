using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Records;

/// <summary>Reads a queue's row from a statement whose columns are those of <c>queues/by-name</c>.</summary>
internal static class QueueRow
{
    public static QueueEntry Read(Statement row)
    {
        var queue = new QueueEntry(row.Long(0), row.Text(1));
        for (JobState state = JobState.Waiting; state <= JobState.Cancelled; state++)
            queue[state] = row.Long(2 + (int)state);

        queue.Prioritized = row.Long(10);
        queue.Parked = row.Long(11);
        queue.Tombstones = row.Long(12);
        queue.NextDue = row.OptionalLong(13);
        queue.IsClosed = row.Bool(14);
        queue.PausedAt = row.OptionalLong(15);
        queue.PausedUntil = row.OptionalLong(16);
        queue.PausedBy = row.OptionalText(17);
        queue.PausedWhy = row.OptionalText(18);
        if (row.Bool(19))
            queue.Retention = ReadRetention(row);
        return queue;
    }

    private static RetentionPolicy ReadRetention(Statement row) => new()
    {
        Age = ToSpan(row.OptionalLong(20)),
        Count = (int?)row.OptionalLong(21),
        FailedAge = ToSpan(row.OptionalLong(22)),
        FailedCount = (int?)row.OptionalLong(23),
    };

    private static TimeSpan? ToSpan(long? ticks) => ticks is { } known ? new TimeSpan(known) : null;
}
