namespace AsyncMQ.Jobs;

/// <summary>What is to happen now with a schedule that is due.</summary>
/// <param name="Missed">The occurrences that are only noted, the latest of them, in order of time.</param>
/// <param name="Running">The occurrences that have their job, in order of time, all behind the missed ones.</param>
/// <param name="Next">The next one; null: never.</param>
internal sealed record DueOccurrences(IReadOnlyList<DateTimeOffset> Missed, IReadOnlyList<DateTimeOffset> Running, DateTimeOffset? Next)
{
    /// <summary>How late the last occurrence due may be and still not count as missed.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);

    /// <summary>Decides on what is due, at a cost that does not grow with how long nobody looked.</summary>
    /// <param name="schedule">The schedule.</param>
    /// <param name="created">When it was created.</param>
    /// <param name="due">The period to decide on.</param>
    /// <param name="mostNoted">How many occurrences anybody can look up later.</param>
    /// <param name="mostRunning">How many jobs may be added at once; what is more comes next.</param>
    public static DueOccurrences Of(Schedule schedule, DateTimeOffset created, DuePeriod due, int mostNoted, int mostRunning)
    {
        List<DateTimeOffset> latest = Latest(schedule, created, due, Math.Max(mostNoted, schedule.Missed.Most));
        int running = schedule.Missed.Most > 0
            ? Math.Min(schedule.Missed.Most, latest.Count)
            : due.Now - latest[^1] <= Grace ? 1 : 0;
        int missed = latest.Count - running;
        int noted = Math.Min(missed, Math.Max(0, mostNoted - running));
        List<DateTimeOffset> notes = latest.GetRange(missed - noted, noted);
        return running > mostRunning
            ? new(notes, latest.GetRange(missed, mostRunning), latest[missed + mostRunning])
            : new(notes, latest.GetRange(missed, running), Occurrences.After(schedule, created, due.Now));
    }

    // From now backwards, down to the one that was expected: that one counts whatever the schedule says by now (a time zone's rules change).
    private static List<DateTimeOffset> Latest(Schedule schedule, DateTimeOffset created, DuePeriod due, int most)
    {
        var latest = new List<DateTimeOffset>();
        DateTimeOffset time = due.Now;
        while (latest.Count < most && Occurrences.UpTo(schedule, created, time) is { } last && last > due.Expected)
        {
            latest.Add(last);
            time = last.AddTicks(-1);
        }

        if (latest.Count < most)
            latest.Add(due.Expected);
        latest.Reverse();
        return latest;
    }
}

/// <summary>The time in which nobody looked.</summary>
/// <param name="Expected">The first occurrence that is due.</param>
/// <param name="Now">The time now, not before it.</param>
internal readonly record struct DuePeriod(DateTimeOffset Expected, DateTimeOffset Now);
