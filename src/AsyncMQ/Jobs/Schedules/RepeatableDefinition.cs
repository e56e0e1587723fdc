using System.Text.Json;

namespace AsyncMQ.Jobs;

/// <summary>What a store keeps of a repeatable as opaque bytes: when, which job, since when.</summary>
/// <param name="Schedule">When.</param>
/// <param name="Job">Which job.</param>
/// <param name="Created">When it was created, by the store's clock: an interval without a start is counted from it, whatever is changed later.</param>
internal sealed record RepeatableDefinition(Schedule Schedule, JobTemplate Job, DateTimeOffset Created)
{
    public ReadOnlyMemory<byte> Pack() =>
        JsonSerializer.SerializeToUtf8Bytes(RepeatableDocument.Of(this), CoreJson.Default.RepeatableDocument);

    /// <summary>Reads a definition. One that cannot be read (damaged, of a later version, of a time zone that is not known here) harms nobody else.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="error">Why it cannot be read; null when it can.</param>
    public static RepeatableDefinition? Read(ReadOnlyMemory<byte> bytes, out string? error)
    {
        try
        {
            RepeatableDocument? document = JsonSerializer.Deserialize(bytes.Span, CoreJson.Default.RepeatableDocument);
            error = document?.Format == RepeatableDocument.KnownFormat
                ? null
                : $"its definition has format {document?.Format.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "none"}, and this version reads format {RepeatableDocument.KnownFormat}";
            return error is null ? document!.ToDefinition() : null;
        }
        catch (JsonException)
        {
            error = "its definition is damaged";
            return null;
        }
        catch (Exception e)
        {
            // Whatever it is: it is this one's trouble alone.
            error = e.Message;
            return null;
        }
    }

    /// <summary>The next time from now on; null: never, or no more.</summary>
    /// <param name="after">Only times behind this one.</param>
    /// <param name="runs">How many runs there were.</param>
    public DateTimeOffset? NextAfter(DateTimeOffset after, long runs) =>
        runs >= Schedule.MaxRuns ? null : Occurrences.After(Schedule, Created, after);

    /// <summary>True when both have the same times, whatever becomes of each.</summary>
    public bool HasTimesOf(RepeatableDefinition other) =>
        TimesOf(Schedule) == TimesOf(other.Schedule) && (Created == other.Created || Schedule.Start is not null);

    private static Schedule TimesOf(Schedule schedule) =>
        schedule with { Jitter = TimeSpan.Zero, Missed = MissedRuns.RunOnce, Overlap = OverlapPolicy.Allow, MaxRuns = null };
}
