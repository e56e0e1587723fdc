using AsyncMQ.Redis.Coding;
using StackExchange.Redis;

namespace AsyncMQ.Redis.Tending;

/// <summary>Limits as <c>Scripts/Library/04-windows.lua</c> has them. Zero: none of that kind.</summary>
internal static class LimitCodec
{
    private const int OfQueue = 16;
    private const int OfKey = 17;

    public static RedisValue Pack(QueueLimits? limits)
    {
        if (limits is null)
            return RedisValue.EmptyString;
        Packer packer = Add(new Packer(OfQueue + OfKey), limits.Rate, limits.Concurrency);
        return (limits.PerKey is { } perKey ? Add(packer, perKey) : packer).ToArray();
    }

    public static RedisValue Pack(KeyLimits? limits) => limits is null ? RedisValue.EmptyString : Add(new Packer(OfKey), limits).ToArray();

    public static QueueLimits? Unpack(byte[] packed)
    {
        if (packed.Length == 0)
            return null;

        var reader = new Unpacker(packed);
        (RateLimit? rate, int? concurrency) = Read(reader);
        return new() { Rate = rate, Concurrency = concurrency, PerKey = reader.IsAtEnd ? null : ReadOfKey(reader) };
    }

    public static KeyLimits? UnpackOfKey(byte[] packed) => packed.Length == 0 ? null : ReadOfKey(new(packed));

    private static Packer Add(Packer packer, KeyLimits limits) => Add(packer, limits.Rate, limits.Concurrency).Byte(limits.StrictOrder ? 1 : 0);

    private static Packer Add(Packer packer, RateLimit? rate, int? concurrency) =>
        packer.Int(rate?.Permits ?? 0).Long(rate is null ? 0 : Micros.Of(rate.Window)).Int(concurrency ?? 0);

    private static KeyLimits ReadOfKey(Unpacker reader)
    {
        (RateLimit? rate, int? concurrency) = Read(reader);
        return new() { Rate = rate, Concurrency = concurrency, StrictOrder = reader.Byte() == 1 };
    }

    private static (RateLimit? Rate, int? Concurrency) Read(Unpacker reader)
    {
        int permits = reader.Int();
        TimeSpan window = Micros.ToSpan(reader.Long());
        int most = reader.Int();
        return (permits > 0 ? new RateLimit(permits, window) : null, most > 0 ? most : null);
    }
}
