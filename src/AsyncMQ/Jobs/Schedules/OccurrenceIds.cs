using System.Globalization;

namespace AsyncMQ.Jobs;

/// <summary>The ids of the jobs of repeatables: <c>@nightly@20260501T030000.000Z</c>. No user's id begins so. Those of one repeatable sort by their times.</summary>
internal static class OccurrenceIds
{
    /// <summary>The id of the job of one occurrence: the same whoever makes it.</summary>
    public static string Of(string repeatable, DateTimeOffset time) =>
        string.Create(CultureInfo.InvariantCulture, $"@{repeatable}@{time.UtcDateTime:yyyyMMdd'T'HHmmss'.'fff'Z'}");

    /// <summary>The id of a job that was added by hand, beside the times.</summary>
    /// <param name="repeatable">The repeatable.</param>
    /// <param name="time">The time now.</param>
    /// <param name="chance">Random bits.</param>
    public static string OfTrigger(string repeatable, DateTimeOffset time, long chance) =>
        string.Create(CultureInfo.InvariantCulture, $"{Of(repeatable, time)}~{(uint)chance:x8}");

    /// <summary>The repeatable that a job came of; null: none.</summary>
    public static string? RepeatableOf(string jobId) =>
        jobId.Length > 2 && jobId[0] == '@' && jobId.LastIndexOf('@') is > 1 and var end ? jobId[1..end] : null;
}
