namespace AsyncMQ.Jobs;

/// <summary>Which times a schedule has, its start, its end and its run at once included. Pure, and never step by step through what nobody asked for.</summary>
internal static class Occurrences
{
    /// <summary>The first occurrence behind a time; null: there is none.</summary>
    /// <param name="schedule">The schedule.</param>
    /// <param name="created">When it was created: the anchor of a schedule without a start.</param>
    /// <param name="after">The time.</param>
    public static DateTimeOffset? After(Schedule schedule, DateTimeOffset created, DateTimeOffset after)
    {
        DateTimeOffset anchor = schedule.Start ?? created;
        DateTimeOffset? next = schedule.RunAtOnce && after < anchor
            ? anchor
            : schedule.Recurrence.After(Later(after, Threshold(schedule, anchor)), anchor);
        return next <= schedule.End || schedule.End is null ? next : null;
    }

    /// <summary>The last occurrence before a time, or at it; null: there is none.</summary>
    public static DateTimeOffset? UpTo(Schedule schedule, DateTimeOffset created, DateTimeOffset time)
    {
        DateTimeOffset anchor = schedule.Start ?? created;
        time = time > schedule.End ? schedule.End.Value : time;
        return schedule.Recurrence.UpTo(time, anchor) is { } last && last > Threshold(schedule, anchor)
            ? last
            : schedule.RunAtOnce && anchor <= time ? anchor : null;
    }

    /// <summary>The first occurrences behind a time, as many as there may still be runs.</summary>
    public static List<DateTimeOffset> List(Schedule schedule, DateTimeOffset created, DateTimeOffset after, long count)
    {
        var times = new List<DateTimeOffset>();
        count = Math.Min(count, schedule.MaxRuns ?? count);
        while (times.Count < count && After(schedule, created, after) is { } next)
        {
            times.Add(next);
            after = next;
        }

        return times;
    }

    // What the bare rule says counts behind the anchor; a cron time that is the start itself counts too.
    private static DateTimeOffset Threshold(Schedule schedule, DateTimeOffset anchor) =>
        schedule is { Start: not null, Recurrence: CronRecurrence } && anchor > DateTimeOffset.MinValue ? anchor.AddTicks(-1) : anchor;

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
