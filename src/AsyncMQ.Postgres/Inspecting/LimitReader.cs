using AsyncMQ.Postgres.Connecting;
using Npgsql;

namespace AsyncMQ.Postgres.Inspecting;

/// <summary>Reads limits, which stand in columns beside each other.</summary>
internal static class LimitReader
{
    /// <summary>How many at once; permits and their window; whether keys have limits, and those.</summary>
    public static QueueLimits ReadQueueLimits(NpgsqlDataReader row, int from) => new()
    {
        Concurrency = row.OptionalInt(from),
        Rate = ReadRate(row, from + 1),
        PerKey = row.GetBoolean(from + 3) ? ReadKeyLimits(row, from + 4) : null,
    };

    /// <summary>How many at once; permits and their window; whether an order is kept.</summary>
    public static KeyLimits ReadKeyLimits(NpgsqlDataReader row, int from) => new()
    {
        Concurrency = row.OptionalInt(from),
        Rate = ReadRate(row, from + 1),
        StrictOrder = row.GetBoolean(from + 3),
    };

    private static RateLimit? ReadRate(NpgsqlDataReader row, int from) => row.IsDBNull(from) ? null : new(row.GetInt32(from), new TimeSpan(row.GetInt64(from + 1)));
}
