using AsyncMQ.Sqlite.Records;

namespace AsyncMQ.Sqlite.Keys;

/// <summary>Limits as the store keeps them: as bytes. Of bytes that are damaged nothing is left: no limits.</summary>
internal static class LimitCodec
{
    private const byte Format = 1;

    public static byte[]? Pack(QueueLimits? limits)
    {
        if (limits is null)
            return null;
        var writer = new ByteWriter();
        writer.Byte(Format);
        Write(writer, limits.Rate);
        writer.Optional(limits.Concurrency);
        writer.Byte(limits.PerKey is null ? (byte)0 : (byte)1);
        if (limits.PerKey is { } perKey)
            Write(writer, perKey);
        return writer.Written.ToArray();
    }

    public static byte[]? Pack(KeyLimits? limits)
    {
        if (limits is null)
            return null;
        var writer = new ByteWriter();
        Write(writer.Byte(Format), limits);
        return writer.Written.ToArray();
    }

    public static QueueLimits? UnpackOfQueue(byte[]? data) => Unpack(data, static reader => new QueueLimits
    {
        Rate = ReadRate(reader),
        Concurrency = (int?)reader.Optional(),
        PerKey = reader.Byte() == 0 ? null : ReadLimits(reader),
    });

    public static KeyLimits? UnpackOfKey(byte[]? data) => Unpack(data, ReadLimits);

    private static T? Unpack<T>(byte[]? data, Func<ByteReader, T> read)
        where T : class
    {
        if (data is null)
            return null;
        try
        {
            var reader = new ByteReader(data);
            return reader.Byte() == Format ? read(reader) : null;
        }
        catch (Exception error) when (error is IndexOutOfRangeException or ArgumentException)
        {
            return null;
        }
    }

    private static void Write(ByteWriter writer, KeyLimits limits)
    {
        Write(writer, limits.Rate);
        writer.Optional(limits.Concurrency).Byte(limits.StrictOrder ? (byte)1 : (byte)0);
    }

    private static void Write(ByteWriter writer, RateLimit? rate)
    {
        writer.Optional(rate?.Permits);
        if (rate is not null)
            writer.Number(rate.Window.Ticks);
    }

    private static KeyLimits ReadLimits(ByteReader reader) =>
        new() { Rate = ReadRate(reader), Concurrency = (int?)reader.Optional(), StrictOrder = reader.Byte() != 0 };

    private static RateLimit? ReadRate(ByteReader reader) =>
        reader.Optional() is { } permits ? new((int)permits, new(reader.Number())) : null;
}
