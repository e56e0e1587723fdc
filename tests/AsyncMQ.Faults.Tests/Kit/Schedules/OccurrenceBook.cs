using System.Globalization;
using AsyncMQ.Storage;

namespace AsyncMQ.Faults.Kit;

/// <summary>Collects the occurrences of a schedule: all of them, where the store keeps the latest only.</summary>
internal sealed class OccurrenceBook(TestSchedule schedule)
{
    private readonly SortedDictionary<DateTimeOffset, OccurrenceRecord> kept = [];
    private readonly List<OccurrenceRecord> again = [];
    private readonly List<(DateTimeOffset From, DateTimeOffset To)> gaps = [];
    private DateTimeOffset latest = DateTimeOffset.MinValue;

    public TestSchedule Schedule => schedule;

    /// <summary>How many were collected so far.</summary>
    public int Count => kept.Count;

    /// <summary>Takes what the store has now, latest first.</summary>
    public void Take(IReadOnlyList<OccurrenceRecord> page)
    {
        // After a pause of the machine more may have come at once than the store keeps.
        if (page.Count == OccurrenceRecord.MostKept && !kept.ContainsKey(page[^1].DueAt))
            gaps.Add((latest, page[^1].DueAt));

        // One that is there twice, or is told otherwise than before, is kept twice: for the judge.
        var seen = new HashSet<DateTimeOffset>();
        foreach (OccurrenceRecord occurrence in page)
        {
            if (!seen.Add(occurrence.DueAt) || (!kept.TryAdd(occurrence.DueAt, occurrence) && kept[occurrence.DueAt] != occurrence))
                again.Add(occurrence);
        }

        latest = kept.Count > 0 ? kept.Keys.Last() : latest;
    }

    /// <summary>All that is known of the schedule. What went from the store before anybody saw it is told by the ids of its jobs.</summary>
    public ScheduleFacts Close(long runs, IReadOnlyDictionary<string, JobEnd> ends)
    {
        string prefix = $"@{schedule.Id}@";
        foreach ((string id, JobEnd end) in ends)
        {
            if (id.StartsWith(prefix, StringComparison.Ordinal) && TimeOf(id[prefix.Length..]) is { } due && gaps.Exists(gap => gap.From < due && due < gap.To))
                kept.TryAdd(due, new(due, end.AddedAt, OccurrenceOutcome.Added, id));
        }

        return new(schedule.Id, schedule.Step, [.. kept.Values.Concat(again.Distinct()).OrderBy(occurrence => occurrence.DueAt)], runs)
        {
            RunsAll = schedule.Schedule.Missed.Most > 1,
            SkipsOverlaps = schedule.Schedule.Overlap == OverlapPolicy.Skip,
        };
    }

    private static DateTimeOffset? TimeOf(string text) =>
        DateTimeOffset.TryParseExact(text, "yyyyMMdd'T'HHmmss'.'fff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time : null;
}
