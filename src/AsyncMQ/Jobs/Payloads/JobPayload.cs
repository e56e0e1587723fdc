using AsyncMQ.Jobs;

namespace AsyncMQ;

/// <summary>A raw job document, as other systems write it; see <see cref="JobSpec.FromJson"/> for the spellings understood.</summary>
public readonly struct JobPayload
{
    private JobPayload(ReadOnlyMemory<byte> utf8) => Utf8 = utf8;

    /// <summary>The document as UTF-8.</summary>
    public ReadOnlyMemory<byte> Utf8 { get; }

    /// <summary>A document as text.</summary>
    /// <exception cref="ArgumentException">The text has a lone surrogate.</exception>
    public static JobPayload FromJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return new(WellFormed.Encode(json, "A job document"));
    }

    /// <summary>A document as UTF-8 bytes; not copied.</summary>
    public static JobPayload FromUtf8(ReadOnlyMemory<byte> utf8) => new(utf8);
}
