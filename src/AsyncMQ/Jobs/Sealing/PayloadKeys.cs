using System.Security.Cryptography;
using AsyncMQ.Jobs;

namespace AsyncMQ;

/// <summary>The keys that payloads are encrypted with: one to write, any number to read what was written before.</summary>
public sealed class PayloadKeys
{
    private const int KeySize = 32;
    private const int LongestId = 64;
    private readonly Dictionary<string, byte[]> keys = new(StringComparer.Ordinal);

    /// <summary>The id of the key to write with. Null (the default): the only one there is.</summary>
    /// <exception cref="ArgumentException">The id breaks a rule.</exception>
    public string? Current { get; set => field = value is null ? null : RequireId(value); }

    /// <summary>
    /// True: what is stored unencrypted is refused like what was changed, so that nobody who can write to the store can put something in its place. False (the
    /// default): it is read, as it must be while jobs are there from before.
    /// </summary>
    public bool RefuseUnencrypted { get; set; }

    /// <summary>Adds a key.</summary>
    /// <param name="id">Its id, stored with everything it encrypts, so no secret: 1 to 64 letters, digits, <c>-</c>, <c>_</c> and <c>.</c>, of ASCII.</param>
    /// <param name="key">32 random bytes; copied.</param>
    /// <returns>These keys.</returns>
    /// <exception cref="ArgumentException">The id breaks a rule or is there already, or the key has another length, or is all zeros.</exception>
    public PayloadKeys Add(string id, ReadOnlySpan<byte> key)
    {
        RequireId(id);
        if (key.Length != KeySize)
            throw new ArgumentException($"Key '{id}' must have {KeySize} bytes, but has {key.Length}. RandomNumberGenerator.GetBytes({KeySize}) makes one.", nameof(key));
        if (!key.ContainsAnyExcept((byte)0))
            throw new ArgumentException($"Key '{id}' is all zeros: it was never filled.", nameof(key));
        if (!keys.TryAdd(id, key.ToArray()))
            throw new ArgumentException($"There is a key '{id}' already. Each needs an id of its own, for ever: what was written with one cannot be read with another.", nameof(id));
        return this;
    }

    /// <summary>Adds a key that is given as text.</summary>
    /// <param name="id">Its id; see <see cref="Add"/>.</param>
    /// <param name="base64">32 random bytes as base64.</param>
    /// <returns>These keys.</returns>
    /// <exception cref="ArgumentException">The id breaks a rule or is there already, or the text is no base64, or the key has another length, or is all zeros.</exception>
    public PayloadKeys AddBase64(string id, string base64)
    {
        ArgumentNullException.ThrowIfNull(base64);
        byte[] key;
        try
        {
            key = Convert.FromBase64String(base64);
        }
        catch (FormatException)
        {
            // Its message might tell of the text.
            throw new ArgumentException($"Key '{id}' is not base64.", nameof(base64));
        }

        try
        {
            return Add(id, key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>How many keys there are and which one writes; never the keys.</summary>
    public override string ToString() => $"PayloadKeys ({keys.Count} {(keys.Count == 1 ? "key" : "keys")}, current {Current ?? "not set"})";

    /// <exception cref="ArgumentException">There is none to write with.</exception>
    internal PayloadEncryption Build()
    {
        if (keys.Count == 0)
            throw new ArgumentException("There is no key to encrypt with. Add one: EncryptPayloads(keys => keys.Add(\"2031\", key)).");
        if (Current is null && keys.Count > 1)
            throw new ArgumentException($"There are {keys.Count} keys ({string.Join(", ", keys.Keys)}), and none is said to be the one to write with. Set Current.");
        if (Current is { } current && !keys.ContainsKey(current))
            throw new ArgumentException($"The current key is to be '{current}', but there is no key of that id. There are: {string.Join(", ", keys.Keys)}.");
        return new(keys, Current ?? keys.Keys.Single(), RefuseUnencrypted);
    }

    private static string RequireId(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return id.Length is > 0 and <= LongestId && id.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            ? id
            : throw new ArgumentException($"A key's id must be 1 to {LongestId} letters, digits, '-', '_' and '.', of ASCII, but one has {id.Length} characters or others among them. It is stored beside what it encrypts.", nameof(id));
    }
}
