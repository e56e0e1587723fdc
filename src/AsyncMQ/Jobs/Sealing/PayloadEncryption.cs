using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;

namespace AsyncMQ.Jobs;

/// <summary>AES-GCM under a key ring, each payload bound to its place. Says of a key its id, and of a payload nothing.</summary>
internal sealed class PayloadEncryption : IPayloadTransform
{
    private readonly FrozenDictionary<string, Cipher> ciphers;
    private readonly Cipher current;
    private readonly byte[] currentId;
    private readonly bool refuseUnencrypted;

    public PayloadEncryption(IReadOnlyDictionary<string, byte[]> keys, string current, bool refuseUnencrypted)
    {
        ciphers = keys.ToFrozenDictionary(static key => key.Key, static key => new Cipher(key.Value), StringComparer.Ordinal);
        this.current = ciphers[current];
        currentId = Encoding.UTF8.GetBytes(current);
        this.refuseUnencrypted = refuseUnencrypted;
    }

    public ReadOnlyMemory<byte> Write(ReadOnlyMemory<byte> payload, in PayloadPlace place)
    {
        AesGcm cipher = current.Take();
        byte[] sealedBytes = SealedBytes.Seal(cipher, currentId, payload.Span, place);
        current.GiveBack(cipher);
        return sealedBytes;
    }

    public ReadOnlyMemory<byte> Read(ReadOnlyMemory<byte> stored, in PayloadPlace place)
    {
        if (!SealedBytes.Are(stored.Span))
            return refuseUnencrypted ? throw Unreadable(place, "is not encrypted, and this process refuses what is not (RefuseUnencrypted)") : stored;

        string id = SealedBytes.KeyOf(stored.Span) ?? throw Unreadable(place, "is encrypted in a form that this version does not know, or damaged");
        if (!ciphers.TryGetValue(id, out Cipher? known))
            throw NoKey(place, id);

        AesGcm cipher = known.Take();
        try
        {
            byte[] payload = SealedBytes.Open(cipher, stored.Span, place);
            known.GiveBack(cipher);
            return payload;
        }
        catch (CryptographicException)
        {
            cipher.Dispose();
            throw Unreadable(place, $"was changed, or belongs to another job, or was written with another key of the id '{id}'");
        }
    }

    /// <summary>For a process without keys, or without this one.</summary>
    public static PayloadUnreadableException NoKey(in PayloadPlace place, string? id) => Unreadable(
        place, id is null ? "is encrypted, and this process has no keys (EncryptPayloads)" : $"is encrypted with key '{Shown(id)}', which this process does not have (EncryptPayloads)");

    /// <summary>How many keys there are; never the keys.</summary>
    public override string ToString() => $"PayloadEncryption ({ciphers.Count} keys, current {Encoding.UTF8.GetString(currentId)})";

    private static PayloadUnreadableException Unreadable(in PayloadPlace place, string why) => new($"{Describe(place)} cannot be read: it {why}.");

    private static string Describe(in PayloadPlace place)
    {
        string what = place.Kind switch
        {
            PayloadKind.Arguments => "The arguments",
            PayloadKind.Result => "The result",
            PayloadKind.Error => "The error",
            PayloadKind.Progress => "The progress message",
            _ => "A log line",
        };
        return place.Owner.StartsWith('@') && place.Kind == PayloadKind.Arguments
            ? $"{what} of repeatable '{place.Owner[1..]}' of queue '{place.Queue}'"
            : $"{what} of job {new JobRef(place.Queue, place.Owner)}";
    }

    // What a store says a key is called may be anything.
    private static string Shown(string id) => id.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') ? id : "?";

    /// <summary>One key. What encrypts with it serves one caller at a time, so a few are kept.</summary>
    private sealed class Cipher(byte[] key)
    {
        private readonly AesGcm?[] spare = new AesGcm?[Math.Min(Environment.ProcessorCount, 16)];

        public AesGcm Take()
        {
            for (int i = 0; i < spare.Length; i++)
            {
                if (Volatile.Read(ref spare[i]) is not null && Interlocked.Exchange(ref spare[i], null) is { } kept)
                    return kept;
            }

            return new(key, SealedBytes.TagSize);
        }

        public void GiveBack(AesGcm cipher)
        {
            for (int i = 0; i < spare.Length; i++)
            {
                if (Volatile.Read(ref spare[i]) is null && Interlocked.CompareExchange(ref spare[i], cipher, null) is null)
                    return;
            }

            cipher.Dispose();
        }
    }
}
