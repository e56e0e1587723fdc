using System.Text;

namespace AsyncMQ.Sqlite.Records;

/// <summary>Writes the replies and kept adds that the store keeps as bytes: numbers in as few bytes as they need.</summary>
internal sealed class ByteWriter
{
    private byte[] buffer = new byte[256];
    private int length;

    public ReadOnlySpan<byte> Written => buffer.AsSpan(0, length);

    public ByteWriter Clear()
    {
        length = 0;
        return this;
    }

    public ByteWriter Byte(byte value)
    {
        Room(1)[0] = value;
        length++;
        return this;
    }

    /// <summary>Seven bits a byte, lowest first; a negative number takes ten.</summary>
    public ByteWriter Number(long value)
    {
        ulong rest = (ulong)value;
        Span<byte> room = Room(10);
        int used = 0;
        while (rest >= 0x80)
        {
            room[used++] = (byte)(rest | 0x80);
            rest >>= 7;
        }

        room[used++] = (byte)rest;
        length += used;
        return this;
    }

    public ByteWriter Optional(long? value) => value is { } known ? Byte(1).Number(known) : Byte(0);

    public ByteWriter Text(string value) => Bytes(Encoding.UTF8.GetBytes(value));

    public ByteWriter Bytes(ReadOnlySpan<byte> value)
    {
        Number(value.Length);
        value.CopyTo(Room(value.Length));
        length += value.Length;
        return this;
    }

    private Span<byte> Room(int size)
    {
        if (buffer.Length - length < size)
            Array.Resize(ref buffer, Math.Max(buffer.Length * 2, length + size));
        return buffer.AsSpan(length);
    }
}

/// <summary>Reads what <see cref="ByteWriter"/> wrote.</summary>
internal sealed class ByteReader(byte[] data)
{
    private int position;

    public bool IsAtEnd => position >= data.Length;

    public byte Byte() => data[position++];

    public long Number()
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return (long)value;
        }
    }

    public int Count() => checked((int)Number());

    public long? Optional() => Byte() == 0 ? null : Number();

    public string Text() => Encoding.UTF8.GetString(Bytes());

    public byte[] Bytes()
    {
        int size = Count();
        byte[] value = data.AsSpan(position, size).ToArray();
        position += size;
        return value;
    }
}
