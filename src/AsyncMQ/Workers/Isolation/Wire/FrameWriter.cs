using System.Buffers.Binary;
using System.Text;

namespace AsyncMQ.Workers;

/// <summary>Writes one frame: the length of what follows, the kind, the values one after the other. Little-endian; a text or bytes with their length first.</summary>
internal sealed class FrameWriter
{
    public const int HeaderBytes = 5;
    private byte[] buffer;
    private int length = HeaderBytes;

    public FrameWriter(FrameKind kind, int expectedBytes = 128)
    {
        buffer = new byte[HeaderBytes + expectedBytes];
        buffer[4] = (byte)kind;
    }

    public FrameWriter Int(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(Room(4), value);
        return this;
    }

    public FrameWriter Long(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(Room(8), value);
        return this;
    }

    public FrameWriter Double(double value)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(Room(8), value);
        return this;
    }

    /// <summary>A text; null is told from an empty one.</summary>
    public FrameWriter Text(string? value)
    {
        if (value is null)
            return Int(-1);

        int bytes = Encoding.UTF8.GetByteCount(value);
        Int(bytes);
        Encoding.UTF8.GetBytes(value, Room(bytes));
        return this;
    }

    public FrameWriter Bytes(ReadOnlySpan<byte> value)
    {
        Int(value.Length);
        value.CopyTo(Room(value.Length));
        return this;
    }

    public FrameWriter Error(JobError? error) => error is null ? Text(null) : Text(error.Type).Text(error.Message).Text(error.Detail);

    /// <summary>The whole frame.</summary>
    public ReadOnlyMemory<byte> End()
    {
        BinaryPrimitives.WriteInt32LittleEndian(buffer, length - 4);
        return buffer.AsMemory(0, length);
    }

    private Span<byte> Room(int bytes)
    {
        if (buffer.Length - length < bytes)
            Array.Resize(ref buffer, Math.Max(checked(length + bytes), Math.Min(buffer.Length * 2, Array.MaxLength)));
        Span<byte> room = buffer.AsSpan(length, bytes);
        length += bytes;
        return room;
    }
}
