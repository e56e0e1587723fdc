using System.Text.Json;
using System.Text.Json.Serialization;
using AsyncMQ.Jobs;
using AsyncMQ.Workers;

namespace AsyncMQ;

/// <summary>Why an attempt failed.</summary>
/// <param name="Type">The exception's type, for people; never loaded.</param>
/// <param name="Message">The exception's message, at most 8 192 characters.</param>
/// <param name="Detail">The stack trace with inner exceptions, at most 32 768 characters; null: none.</param>
public sealed record JobError(string Type, string Message, string? Detail)
{
    private const int LongestMessage = 8_192;
    private const int LongestDetail = 32_768;

    internal static JobError Of(Exception exception)
    {
        // An exception of the user's may throw from any of its members; the worker must live.
        if (IsolatedFailure.Of(exception) is { } told)
            return told;

        try
        {
            return new(exception.GetType().FullName ?? "Exception", WellFormed.Cut(exception.Message ?? "", LongestMessage), WellFormed.Cut(exception.ToString() ?? "", LongestDetail));
        }
        catch (Exception broken)
        {
            return new(exception.GetType().FullName ?? "Exception", $"The exception could not be described: {broken.GetType().Name} was thrown by it.", null);
        }
    }

    internal ReadOnlyMemory<byte> Pack() =>
        JsonSerializer.SerializeToUtf8Bytes(new JobErrorDocument(Type, Message, Detail), CoreJson.Default.JobErrorDocument);

    internal static JobError? Unpack(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length == 0)
            return null;

        try
        {
            return JsonSerializer.Deserialize(bytes.Span, CoreJson.Default.JobErrorDocument) is { } read
                ? new(read.Type ?? "", read.Message ?? "", read.Detail)
                : null;
        }
        catch (JsonException)
        {
            return new("Unreadable", "The stored error cannot be read.", null);
        }
    }
}

internal sealed record JobErrorDocument(
    [property: JsonPropertyName("type")] string? Type,
    [property: JsonPropertyName("message")] string? Message,
    [property: JsonPropertyName("detail")] string? Detail);
