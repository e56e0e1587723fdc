using AsyncMQ.Sqlite.Records;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Producing;

/// <summary>An add that waits in a deduplication record for the owner's end, as bytes.</summary>
internal static class KeptAdd
{
    private const byte Format = 1;

    // An earlier minor reads up to the key, and adds a job without one; so the flag that tells of it is left out, too.

    public static void Write(ByteWriter writer, NewJob job)
    {
        Deduplication asked = job.Deduplication!;
        writer.Byte(Format)
            .Text(job.Ref.Id).Text(job.Name).Number(job.Stamp).Bytes(job.Payload.Span).Bytes(job.Envelope.Span)
            .Number(job.Priority).Number(job.Delay.Ticks).Optional(job.RunAt?.UtcTicks).Optional(job.TimeToLive?.Ticks).Byte((byte)(job.Flags & ~JobFlags.Key))
            .Text(asked.Id).Optional(asked.Ttl?.Ticks)
            .Byte((byte)((asked.Extend ? 1 : 0) | (asked.Replace ? 2 : 0) | (asked.KeepLastIfActive ? 4 : 0)));
        if (job.Key is { } key)
            writer.Text(key);
    }

    /// <summary>The add; null when it is damaged, so that its owner can end all the same.</summary>
    public static NewJob? TryRead(byte[] data, string queue)
    {
        try
        {
            return Read(data, queue);
        }
        catch (Exception error) when (error is IndexOutOfRangeException or ArgumentException or OverflowException)
        {
            return null;
        }
    }

    private static NewJob? Read(byte[] data, string queue)
    {
        var reader = new ByteReader(data);
        if (reader.Byte() != Format)
            return null;

        return new()
        {
            Ref = new(queue, reader.Text()),
            Name = reader.Text(),
            Stamp = reader.Number(),
            Payload = reader.Bytes(),
            Envelope = reader.Bytes(),
            Priority = (int)reader.Number(),
            Delay = new(reader.Number()),
            RunAt = Ticks.ToTime(reader.Optional()),
            TimeToLive = ToSpan(reader.Optional()),
            Flags = (JobFlags)reader.Byte(),
            Deduplication = ReadDeduplication(reader),
            Key = reader.IsAtEnd ? null : reader.Text(),
        };
    }

    private static Deduplication ReadDeduplication(ByteReader reader)
    {
        string id = reader.Text();
        TimeSpan? ttl = ToSpan(reader.Optional());
        byte options = reader.Byte();
        return new(id) { Ttl = ttl, Extend = (options & 1) != 0, Replace = (options & 2) != 0, KeepLastIfActive = (options & 4) != 0 };
    }

    private static TimeSpan? ToSpan(long? ticks) => ticks is { } known ? new TimeSpan(known) : null;
}
