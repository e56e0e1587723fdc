using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace AsyncMQ.Jobs;

/// <summary>
/// The form of an encrypted payload: a mark that no text begins with, the version, the key's id with its length, nonce, tag, ciphertext. What stands before
/// the nonce is bound to it, and so is its place.
/// </summary>
internal static class SealedBytes
{
    public const int NonceSize = 12;
    public const int TagSize = 16;
    private const byte Version = 1;
    private const int VersionAt = 4;
    private const int LengthAt = 5;
    private const int FixedHead = 6;

    private static ReadOnlySpan<byte> Mark => [0xFF, (byte)'A', (byte)'M', (byte)'Q']; // its first byte is not in UTF-8

    /// <summary>True for what is, or pretends to be, encrypted.</summary>
    public static bool Are(ReadOnlySpan<byte> stored) => stored.StartsWith(Mark);

    /// <summary>The id of the key; null: the form is not known here, or damaged.</summary>
    public static string? KeyOf(ReadOnlySpan<byte> stored) =>
        Are(stored) && stored.Length >= FixedHead && stored[VersionAt] == Version && stored.Length >= FixedHead + stored[LengthAt] + NonceSize + TagSize
            ? Encoding.UTF8.GetString(stored.Slice(FixedHead, stored[LengthAt]))
            : null;

    public static byte[] Seal(AesGcm cipher, ReadOnlySpan<byte> keyId, ReadOnlySpan<byte> payload, in PayloadPlace place)
    {
        int head = FixedHead + keyId.Length;
        var bytes = new byte[head + NonceSize + TagSize + payload.Length];
        Mark.CopyTo(bytes);
        (bytes[VersionAt], bytes[LengthAt]) = (Version, (byte)keyId.Length);
        keyId.CopyTo(bytes.AsSpan(FixedHead));
        Span<byte> nonce = bytes.AsSpan(head, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        cipher.Encrypt(nonce, payload, bytes.AsSpan(head + NonceSize + TagSize), bytes.AsSpan(head + NonceSize, TagSize), Binding(bytes.AsSpan(0, head), place));
        return bytes;
    }

    /// <exception cref="CryptographicException">It was changed, belongs elsewhere, or the key is another one.</exception>
    public static byte[] Open(AesGcm cipher, ReadOnlySpan<byte> stored, in PayloadPlace place)
    {
        int head = FixedHead + stored[LengthAt];
        ReadOnlySpan<byte> ciphertext = stored[(head + NonceSize + TagSize)..];
        var payload = new byte[ciphertext.Length];
        cipher.Decrypt(stored.Slice(head, NonceSize), ciphertext, stored.Slice(head + NonceSize, TagSize), payload, Binding(stored[..head], place));
        return payload;
    }

    // Each text with its length before it: no two places read the same.
    private static byte[] Binding(ReadOnlySpan<byte> head, in PayloadPlace place)
    {
        Encoding utf8 = Encoding.UTF8;
        var bytes = new byte[head.Length + 1 + (3 * sizeof(int)) + utf8.GetByteCount(place.Queue) + utf8.GetByteCount(place.JobName) + utf8.GetByteCount(place.Owner)];
        head.CopyTo(bytes);
        bytes[head.Length] = (byte)place.Kind;
        Span<byte> rest = bytes.AsSpan(head.Length + 1);
        rest = Put(rest, place.Queue);
        rest = Put(rest, place.JobName);
        Put(rest, place.Owner);
        return bytes;
    }

    private static Span<byte> Put(Span<byte> bytes, string text)
    {
        int length = Encoding.UTF8.GetBytes(text, bytes[sizeof(int)..]);
        BinaryPrimitives.WriteInt32LittleEndian(bytes, length);
        return bytes[(sizeof(int) + length)..];
    }
}
