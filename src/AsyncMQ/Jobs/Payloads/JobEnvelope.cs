using System.Text.Json;
using System.Text.Json.Serialization;

namespace AsyncMQ.Jobs;

/// <summary>
/// The options that only the core reads, packed with the job as one opaque value. Short names: they stand in every record. Nothing here names a .NET
/// type. An empty value is an empty envelope, so plain jobs pay nothing.
/// </summary>
internal sealed record JobEnvelope
{
    public static JobEnvelope Empty { get; } = new();

    [JsonPropertyName("r")]
    public int? Retries { get; init; }

    [JsonPropertyName("b")]
    public BackoffDocument? Backoff { get; init; }

    /// <summary>Milliseconds.</summary>
    [JsonPropertyName("t")]
    public double? Timeout { get; init; }

    [JsonPropertyName("h")]
    public Dictionary<string, string>? Headers { get; init; }

    [JsonPropertyName("g")]
    public IReadOnlyList<string>? Tags { get; init; }

    public static ReadOnlyMemory<byte> Pack(JobOptions options)
    {
        if (options is { Retries: null, Backoff: null, Timeout: null, Headers: null, Tags: null })
            return default;

        var envelope = new JobEnvelope
        {
            Retries = options.Retries,
            Backoff = options.Backoff is { } backoff ? BackoffDocument.Of(backoff) : null,
            Timeout = options.Timeout?.TotalMilliseconds,
            Headers = options.Headers is null ? null : new(options.Headers),
            Tags = options.Tags,
        };
        return JsonSerializer.SerializeToUtf8Bytes(envelope, CoreJson.Default.JobEnvelope);
    }

    /// <exception cref="JsonException">The bytes are not an envelope.</exception>
    public static JobEnvelope Unpack(ReadOnlyMemory<byte> bytes) =>
        bytes.Length == 0 ? Empty : JsonSerializer.Deserialize(bytes.Span, CoreJson.Default.JobEnvelope) ?? Empty;

    public JobPolicy Policy() => new()
    {
        Retries = Retries,
        Backoff = Backoff?.ToBackoff(),
        Timeout = Timeout is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null,
    };
}

/// <summary>A back-off on the wire: milliseconds.</summary>
internal sealed record BackoffDocument(
    [property: JsonPropertyName("d")] IReadOnlyList<double> Delays,
    [property: JsonPropertyName("f")] double Factor,
    [property: JsonPropertyName("m")] double Longest,
    [property: JsonPropertyName("j")] double Jitter)
{
    public static BackoffDocument Of(Backoff backoff) =>
        new([.. backoff.Delays.Select(delay => delay.TotalMilliseconds)], backoff.Factor, backoff.Longest.TotalMilliseconds, backoff.Jitter);

    // An exponential one may have the factor 1: then its jitter and cap tell it from steps.
    public Backoff ToBackoff() => Factor > 1 || Jitter > 0 || Longest < Times.Longest.TotalMilliseconds
        ? Backoff.Exponential(TimeSpan.FromMilliseconds(Delays[0]), Factor, TimeSpan.FromMilliseconds(Longest), Jitter)
        : Backoff.Steps([.. Delays.Select(TimeSpan.FromMilliseconds)]);
}

/// <summary>JSON of the core's own records; no reflection.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(JobEnvelope))]
[JsonSerializable(typeof(JobErrorDocument))]
[JsonSerializable(typeof(RepeatableDocument))]
internal sealed partial class CoreJson : JsonSerializerContext;
