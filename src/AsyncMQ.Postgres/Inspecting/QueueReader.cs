using System.Text;
using AsyncMQ.Postgres.Connecting;
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
            OldestWaiting = reader.OptionalSpan(9),
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
                NextPermit = reader.OptionalTime(14),
            });
        }

        queues.Sort(static (one, other) => string.CompareOrdinal(one.Name, other.Name));
        return queues;
    }

    // Whether it is paused, at what time, until when, by whom and why.
    private static PauseInfo? ReadPause(NpgsqlDataReader row, int from) => !row.GetBoolean(from)
        ? null
        : new(row.OptionalAnyText(from + 3), row.OptionalAnyText(from + 4), row.GetDateTime(from + 1), row.OptionalTime(from + 2));

    private static RetentionPolicy ReadRetention(NpgsqlDataReader row, int from) => new()
    {
        Age = row.OptionalSpan(from),
        Count = row.OptionalInt(from + 1),
        FailedAge = row.OptionalSpan(from + 2),
        FailedCount = row.OptionalInt(from + 3),
    };
}
