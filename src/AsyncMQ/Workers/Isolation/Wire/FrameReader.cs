using System.Buffers.Binary;
using System.Text;

namespace AsyncMQ.Workers;

/// <summary>Reads what a frame says, in the order in which it was written. Every method throws <see cref="InvalidDataException"/> when there is less.</summary>
internal struct FrameReader(ReadOnlyMemory<byte> rest)
{
    private ReadOnlyMemory<byte> rest = rest;

    public int Int() => BinaryPrimitives.ReadInt32LittleEndian(Take(4).Span);

    public long Long() => BinaryPrimitives.ReadInt64LittleEndian(Take(8).Span);

    public double Double() => BinaryPrimitives.ReadDoubleLittleEndian(Take(8).Span);

    public string? TextOrNull()
    {
        int bytes = Int();
        return bytes == -1 ? null : Encoding.UTF8.GetString(Take(bytes).Span);
    }

    public string Text() => TextOrNull() ?? throw new InvalidDataException("A text is missing in a frame.");

    public ReadOnlyMemory<byte> Bytes() => Take(Int());

    public JobError? Error() => TextOrNull() is { } type ? new(type, Text(), TextOrNull()) : null;

    /// <summary>A number of values that follow.</summary>
    public int Count() => Int() is >= 0 and var count ? count : throw new InvalidDataException("A frame counts less than nothing.");

    private ReadOnlyMemory<byte> Take(int bytes)
    {
        if (bytes < 0 || bytes > rest.Length)
            throw new InvalidDataException("A frame ends in the middle of a value.");
        ReadOnlyMemory<byte> taken = rest[..bytes];
        rest = rest[bytes..];
        return taken;
    }
}
