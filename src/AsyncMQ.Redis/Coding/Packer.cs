using System.Buffers.Binary;
using System.Text;

namespace AsyncMQ.Redis.Coding;

/// <summary>Writes what a script unpacks: numbers in network order, texts as they are.</summary>
internal sealed class Packer(int capacity)
{
    private byte[] bytes = new byte[capacity];
    private int length;

    public Packer Byte(int value)
    {
        Take(1)[0] = (byte)value;
        return this;
    }

    public Packer Short(int value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(Take(sizeof(ushort)), (ushort)value);
        return this;
    }

    public Packer Int(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(Take(sizeof(int)), value);
        return this;
    }

    public Packer Long(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(Take(sizeof(long)), value);
        return this;
    }

    public Packer Bytes(ReadOnlySpan<byte> value)
    {
        value.CopyTo(Take(value.Length));
        return this;
    }

    public Packer Text(string value)
    {
        Encoding.UTF8.GetBytes(value, Take(Encoding.UTF8.GetByteCount(value)));
        return this;
    }

    /// <summary>A text behind its length.</summary>
    public Packer CountedText(string value) => Int(Encoding.UTF8.GetByteCount(value)).Text(value);

    public byte[] ToArray() => length == bytes.Length ? bytes : bytes[..length];

    private Span<byte> Take(int count)
    {
        if (bytes.Length - length < count)
            Array.Resize(ref bytes, Math.Max(bytes.Length * 2, length + count));
        Span<byte> place = bytes.AsSpan(length, count);
        length += count;
        return place;
    }
}
