using AsyncMQ.Redis.Coding;
using AsyncMQ.Redis.Scripting;
using AsyncMQ.Redis.Tending;
using AsyncMQ.Storage;
using StackExchange.Redis;

namespace AsyncMQ.Redis.Inspecting;

/// <summary>Reads counts and records of queues from the answers of <c>Scripts/Looking</c>.</summary>
internal static class QueueReader
{
    private const int States = (int)JobState.Cancelled + 1;
    private const int FieldsOfQueue = 10;

    public static QueueCounts ReadCounts(string queue, RedisResult[] reply)
    {
        long now = reply.Number(0);
        var byState = new long[States];
        for (int state = 0; state < States; state++)
            byState[state] = reply.Number(1 + state);

        const int Rest = 1 + States;
        long oldest = reply.Number(Rest + 2);
        return new()
        {
            Queue = queue,
            ByState = byState,
            Prioritized = reply.Number(Rest),
            Parked = reply.Number(Rest + 1),
            OldestWaiting = oldest < 0 ? null : Micros.ToSpan(oldest),
            Pause = ReadPause(reply, Rest + 3),
            Rates = ReadTally(reply.Bytes(Rest + 7)).RatesAt(Micros.ToTime(now).UtcTicks),
        };
    }

    public static IReadOnlyList<QueueRecord> ReadAll(RedisResult[] reply)
    {
        long now = reply.Number(0);
        var queues = new List<QueueRecord>();
        for (int i = 1; i < reply.Length; i += FieldsOfQueue)
        {
            long heldUntil = reply.Number(i + 7), nextPermit = reply.Number(i + 9);
            queues.Add(new()
            {
                Name = reply.Text(i),
                Pause = ReadPause(reply, i + 1),
                IsClosed = reply.Number(i + 5) == 1,
                Retention = Administering.UnpackRetention(reply.Bytes(i + 6)),
                HeldUntil = heldUntil > now ? Micros.ToTime(heldUntil) : null,
                Limits = LimitCodec.Unpack(reply.Bytes(i + 8)),
                NextPermit = nextPermit > now ? Micros.ToTime(nextPermit) : null,
            });
        }

        queues.Sort(static (one, other) => string.CompareOrdinal(one.Name, other.Name));
        return queues;
    }

    private static PauseInfo? ReadPause(RedisResult[] reply, int index)
    {
        long until = reply.Number(index);
        return until < 0
            ? null
            : new(
                Administering.UnpackOptional(reply.Text(index + 2)),
                Administering.UnpackOptional(reply.Text(index + 3)),
                Micros.ToTime(reply.Number(index + 1)),
                until == Micros.Never ? null : Micros.ToTime(until));
    }

    // The scripts count minutes since 1970, the tally those of the calendar.
    private static EndTally ReadTally(byte[] packed)
    {
        if (packed.Length == 0)
            return new();
        var reader = new Unpacker(packed);
        var numbers = new long[packed.Length / sizeof(long)];
        for (int i = 0; i < numbers.Length; i++)
            numbers[i] = reader.Long();
        numbers[0] += DateTime.UnixEpoch.Ticks / TimeSpan.TicksPerMinute;
        return EndTally.FromNumbers(numbers);
    }
}
