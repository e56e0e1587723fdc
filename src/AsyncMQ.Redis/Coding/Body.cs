using System.Buffers.Binary;

namespace AsyncMQ.Redis.Coding;

/// <summary>A job's options and payload in one: both opaque to the scripts. Empty when both are.</summary>
internal static class Body
{
    public static int LengthOf(ReadOnlyMemory<byte> envelope, ReadOnlyMemory<byte> payload) =>
        envelope.IsEmpty && payload.IsEmpty ? 0 : sizeof(int) + envelope.Length + payload.Length;

    public static Packer AddBody(this Packer packer, ReadOnlyMemory<byte> envelope, ReadOnlyMemory<byte> payload) =>
        LengthOf(envelope, payload) == 0 ? packer : packer.Int(envelope.Length).Bytes(envelope.Span).Bytes(payload.Span);

    public static (ReadOnlyMemory<byte> Envelope, ReadOnlyMemory<byte> Payload) Split(ReadOnlyMemory<byte> body)
    {
        if (body.Length < sizeof(int))
            return default;
        int length = BinaryPrimitives.ReadInt32BigEndian(body.Span);
        ReadOnlyMemory<byte> rest = body[sizeof(int)..];
        return length >= 0 && length <= rest.Length ? (rest[..length], rest[length..]) : default;
    }
}
