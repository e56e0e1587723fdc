using AsyncMQ.Redis.Coding;
using StackExchange.Redis;

namespace AsyncMQ.Redis.Tending;

/// <summary>A queue's own limits, as <c>Scripts/Library/06-limits.lua</c> has them. Zero: none of that kind.</summary>
internal static class LimitCodec
{
    public static RedisValue Pack(QueueLimits? limits)
    {
        if (limits?.PerKey is not null)
            throw Remaining.NotYet("limits of keys");
        return limits is null
            ? RedisValue.EmptyString
            : new Packer(16).Int(limits.Rate?.Permits ?? 0).Long(limits.Rate is { } rate ? Micros.Of(rate.Window) : 0).Int(limits.Concurrency ?? 0).ToArray();
    }

    public static QueueLimits? Unpack(byte[] packed)
    {
        if (packed.Length == 0)
            return null;

        var reader = new Unpacker(packed);
        int permits = reader.Int();
        TimeSpan window = Micros.ToSpan(reader.Long());
        int most = reader.Int();
        return new() { Rate = permits > 0 ? new RateLimit(permits, window) : null, Concurrency = most > 0 ? most : null };
    }
}
