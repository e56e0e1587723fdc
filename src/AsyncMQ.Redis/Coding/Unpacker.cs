using System.Buffers.Binary;
using System.Text;

namespace AsyncMQ.Redis.Coding;

/// <summary>Reads what a script packed.</summary>
internal sealed class Unpacker(byte[] bytes, int position = 0)
{
    public bool IsAtEnd => position >= bytes.Length;

    public byte Byte() => Take(1)[0];

    public int Short() => BinaryPrimitives.ReadUInt16BigEndian(Take(sizeof(ushort)));

    public int Int() => BinaryPrimitives.ReadInt32BigEndian(Take(sizeof(int)));

    public long Long() => BinaryPrimitives.ReadInt64BigEndian(Take(sizeof(long)));

    public string Text(int length) => Encoding.UTF8.GetString(Take(length));

    public string ShortText() => Text(Short());

    public string CountedText() => Text(Int());

    public ReadOnlyMemory<byte> Bytes(int length)
    {
        var taken = new ReadOnlyMemory<byte>(bytes, position, length);
        position += length;
        return taken;
    }

    /// <summary>All that is left.</summary>
    public ReadOnlyMemory<byte> Rest() => Bytes(bytes.Length - position);

    public string RestText() => Text(bytes.Length - position);

    private ReadOnlySpan<byte> Take(int count)
    {
        var taken = new ReadOnlySpan<byte>(bytes, position, count);
        position += count;
        return taken;
    }
}
