namespace AsyncMQ.Tests.Jobs.Schedules;

/// <summary>A moment at which the wall clock of a place is put forward or back.</summary>
internal sealed record ClockChange(TimeZoneInfo Zone, DateTimeOffset At, TimeSpan Before, TimeSpan Since)
{
    /// <summary>All of two years, in every time zone that this system knows.</summary>
    public static IReadOnlyList<ClockChange> All { get; } = [.. TimeZoneInfo.GetSystemTimeZones().SelectMany(zone => Of(zone, 2026, 2027))];

    /// <summary>When a job is due between two times around the change, minute by minute, by the rule that the documentation gives.</summary>
    /// <param name="after">From behind this time.</param>
    /// <param name="to">Up to this time.</param>
    /// <param name="isTime">Whether the wall clock shows a time of the schedule.</param>
    /// <param name="repeats">Whether the schedule happens in both of two hours that are the same.</param>
    public IEnumerable<DateTimeOffset> Times(DateTimeOffset after, DateTimeOffset to, Func<TimeSpan, bool> isTime, bool repeats)
    {
        for (DateTimeOffset time = after.AddMinutes(1); time <= to; time = time.AddMinutes(1))
        {
            bool isShownAgain = time >= At && time < At + (Before - Since);
            bool isDue = isTime(WallClock(time, time < At ? Before : Since)) && (repeats || !isShownAgain);
            for (TimeSpan skipped = Before; time == At && skipped < Since; skipped += TimeSpan.FromMinutes(1))
                isDue |= isTime(WallClock(time, skipped));
            if (isDue)
                yield return time;
        }
    }

    public override string ToString() => $"{Zone.Id} at {At:u}";

    private static IEnumerable<ClockChange> Of(TimeZoneInfo zone, int first, int last)
    {
        DateTimeOffset end = new(last + 1, 1, 1, 0, 0, 0, TimeSpan.Zero);
        for (DateTimeOffset day = new(first, 1, 1, 0, 0, 0, TimeSpan.Zero); day < end; day = day.AddDays(1))
        {
            (TimeSpan before, TimeSpan since) = (zone.GetUtcOffset(day), zone.GetUtcOffset(day.AddDays(1)));
            if (before != since)
                yield return new(zone, Enumerable.Range(1, 1_440).Select(minute => day.AddMinutes(minute)).First(time => zone.GetUtcOffset(time) != before), before, since);
        }
    }

    private static TimeSpan WallClock(DateTimeOffset time, TimeSpan offset) => time.ToOffset(offset).TimeOfDay;
}
