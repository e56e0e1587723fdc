namespace AsyncMQ.Simulation.Planning;

/// <summary>A schedule as the witness reckons with it. All times in UTC ticks of the store's clock.</summary>
/// <param name="Number">Travels with the schedule and its jobs as their argument, so that the witness knows them again.</param>
internal sealed record Rule(int Number)
{
    /// <summary>The interval; null: it goes by the clock.</summary>
    public TimeSpan? Every { get; init; }

    public WallClock? Cron { get; init; }

    public DateTimeOffset? Start { get; init; }

    public DateTimeOffset? End { get; init; }

    public long? MaxRuns { get; init; }

    public bool RunAtOnce { get; init; }

    public TimeSpan Jitter { get; init; }

    /// <summary>How many of those due run at most; zero: only the last one, when it is in time.</summary>
    public int MostMissed { get; init; } = 1;

    public bool SkipsOverlap { get; init; }

    public string Marker => MarkerOf(Number);

    public static string MarkerOf(int number) => $"rule-{number};";

    /// <summary>The same as the runtime is told it.</summary>
    public Schedule ToSchedule() => (Every is { } interval ? Schedule.Every(interval) : Schedule.Cron(Cron!.Expression, Cron.IsInBerlin ? "Europe/Berlin" : null)) with
    {
        Start = Start,
        End = End,
        MaxRuns = MaxRuns,
        RunAtOnce = RunAtOnce,
        Jitter = Jitter,
        Missed = MostMissed == 0 ? MissedRuns.Skip : MissedRuns.RunAll(MostMissed),
        Overlap = SkipsOverlap ? OverlapPolicy.Skip : OverlapPolicy.Allow,
    };

    /// <summary>The first time behind another; null: there is none.</summary>
    /// <param name="time">That one.</param>
    /// <param name="created">When the schedule was created.</param>
    public long? After(long time, long created)
    {
        long anchor = Start?.UtcTicks ?? created;
        long next = RunAtOnce && time < anchor ? anchor : Every is { } interval ? AfterBy(interval.Ticks, Math.Max(time, anchor), anchor) : AfterByClock(time, anchor);
        return End is { } end && next > end.UtcTicks ? null : next;
    }

    /// <summary>True when another fires at the same times, whatever becomes of them.</summary>
    public bool HasTimesOf(Rule other) => (Every, Start, End, RunAtOnce) == (other.Every, other.Start, other.End, other.RunAtOnce) && (Every is not null || Equals(Cron, other.Cron));

    /// <summary>True for a time at which it fires.</summary>
    public bool IsDue(long time, long created) => After(time - 1, created) == time;

    /// <summary>The times from one on and before another.</summary>
    public IEnumerable<long> Between(long from, long to, long created)
    {
        for (long? next = After(from - 1, created); next < to; next = After(next.Value, created))
            yield return next.Value;
    }

    // The anchor itself is none of the times.
    private static long AfterBy(long interval, long time, long anchor) => anchor + ((((time - anchor) / interval) + 1) * interval);

    // A start counts when it is one of the times; the moment of creation is past.
    private long AfterByClock(long time, long anchor) => Cron!.After(Math.Max(time, Start is null ? anchor : anchor - 1));

    public override string ToString() => $"{Marker} {(Every is { } interval ? $"every {interval}" : Cron!.Expression)}{(Start is { } start ? $" from {start:O}" : "")}"
        + $"{(End is { } end ? $" to {end:O}" : "")}{(MaxRuns is { } most ? $" {most} times" : "")}{(RunAtOnce ? " at once" : "")} missed {MostMissed}{(SkipsOverlap ? " without overlap" : "")}";
}
