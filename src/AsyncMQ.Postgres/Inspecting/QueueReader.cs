using System.Text;
using AsyncMQ.Storage;
using Npgsql;

namespace AsyncMQ.Postgres.Inspecting;

/// <summary>Reads what <c>count_jobs</c> and <c>list_queues</c> tell of queues.</summary>
internal static class QueueReader
{
    public static async ValueTask<QueueCounts> ReadCountsAsync(NpgsqlDataReader reader, string queue)
    {
        if (!await reader.ReadAsync().ConfigureAwait(false))
            return new() { Queue = queue, ByState = new long[(int)JobState.Cancelled + 1] };

        return new()
        {
            Queue = queue,
            ByState = reader.GetFieldValue<long[]>(1),
            Prioritized = reader.GetInt64(2),
            Parked = reader.GetInt64(3),
            Pause = ReadPause(reader, 4),
            OldestWaiting = reader.IsDBNull(9) ? null : reader.GetTimeSpan(9),
            Rates = EndTally.FromNumbers(reader.GetFieldValue<long[]>(10)).RatesAt(reader.GetDateTime(0).Ticks),
        };
    }

    public static async ValueTask<IReadOnlyList<QueueRecord>> ReadAllAsync(NpgsqlDataReader reader)
    {
        List<QueueRecord> queues = [];
        while (await reader.ReadAsync().ConfigureAwait(false))
        {
            DateTime now = reader.GetDateTime(0);
            DateTime heldUntil = reader.GetDateTime(13);
            queues.Add(new()
            {
                Name = reader.GetString(1),
                IsClosed = reader.GetBoolean(2),
                Pause = ReadPause(reader, 3),
                Retention = reader.GetBoolean(8) ? ReadRetention(reader, 9) : null,
                Limits = reader.GetBoolean(15) ? LimitReader.ReadQueueLimits(reader, 16) : null,
                HeldUntil = heldUntil > now ? heldUntil : null,
                NextPermit = reader.IsDBNull(14) ? null : reader.GetDateTime(14),
            });
        }

        queues.Sort(static (one, other) => string.CompareOrdinal(one.Name, other.Name));
        return queues;
    }

    // Whether it is paused, at what time, until when, by whom and why.
    private static PauseInfo? ReadPause(NpgsqlDataReader row, int from) => !row.GetBoolean(from)
        ? null
        : new(Text(row, from + 3), Text(row, from + 4), row.GetDateTime(from + 1), row.IsDBNull(from + 2) ? null : row.GetDateTime(from + 2));

    private static RetentionPolicy ReadRetention(NpgsqlDataReader row, int from) => new()
    {
        Age = row.IsDBNull(from) ? null : row.GetTimeSpan(from),
        Count = row.IsDBNull(from + 1) ? null : row.GetInt32(from + 1),
        FailedAge = row.IsDBNull(from + 2) ? null : row.GetTimeSpan(from + 2),
        FailedCount = row.IsDBNull(from + 3) ? null : row.GetInt32(from + 3),
    };

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : Encoding.UTF8.GetString(row.GetFieldValue<byte[]>(column));
}
