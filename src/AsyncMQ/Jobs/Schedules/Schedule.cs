using AsyncMQ.Jobs;

namespace AsyncMQ;

/// <summary>
/// When a repeatable job is to run: at an interval, or at the times of a cron expression. A value, checked as it is made; what it says of time is counted
/// by the store's clock, to the millisecond.
/// </summary>
/// <remarks>
/// <para><b>Interval.</b> Occurrences are at the anchor plus a whole number of intervals, so they never drift. The anchor is <see cref="Start"/>, or else
/// the store's time when the repeatable was created; updating it moves nothing.</para>
/// <para><b>Cron.</b> Occurrences are at the wall-clock times of the time zone. Where the clock is put forward, what falls into the hour that is left out
/// happens once, at the first moment after it. Where it is put back, an expression with fixed times happens in the first of the two hours only, one that
/// repeats (a <c>*</c>, a range or a step among second, minute and hour) in both.</para>
/// <para><b>Missed.</b> An occurrence is missed when a later one is due as well by the time that it is looked at, or when it is more than a minute late:
/// <see cref="Missed"/> says what becomes of it.</para>
/// </remarks>
public sealed record Schedule
{
    private const int MostOccurrences = 10_000;

    private Schedule(Recurrence recurrence) => Recurrence = recurrence;

    /// <summary>The interval; null: the schedule is a cron expression.</summary>
    public TimeSpan? Interval => (Recurrence as IntervalRecurrence)?.Interval;

    /// <summary>The cron expression; null: the schedule is an interval.</summary>
    public string? CronExpression => (Recurrence as CronRecurrence)?.Expression;

    /// <summary>The IANA time zone in which a cron expression is read; an interval knows none, and says <c>UTC</c>.</summary>
    public string TimeZone => (Recurrence as CronRecurrence)?.Zone.Id ?? CronRecurrence.Utc;

    /// <summary>Not before this time. An interval is counted from it. Null (the default): from its creation on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is after the year 2200.</exception>
    public DateTimeOffset? Start { get; init => field = RequireStart(value); }

    /// <summary>Not after this time. Null (the default): for ever.</summary>
    public DateTimeOffset? End { get; init => field = value is { } end ? Times.ToMilliseconds(end) : null; }

    /// <summary>How many jobs it adds at most, those triggered by hand aside. Null (the default): any number.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public long? MaxRuns
    {
        get;
        init => field = value is null or >= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"MaxRuns must be at least 1, but was {value}. Null is unlimited; pause or remove what is not to run.");
    }

    /// <summary>Happens at <see cref="Start"/>, or else when it is created, as well: whatever the expression says, and before the first interval is over.</summary>
    public bool RunAtOnce { get; init; }

    /// <summary>The most by which chance delays each job, so that jobs of one time do not all start at once. It moves no occurrence. Zero by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative, or longer than 100 years.</exception>
    public TimeSpan Jitter { get; init => field = Times.RequireDelay(value, "Jitter")!.Value; }

    /// <summary>What becomes of occurrences that were missed; <see cref="MissedRuns.RunOnce"/> by default.</summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public MissedRuns Missed
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(value), "Missed must not be null; MissedRuns.Skip makes up for nothing.");
    } = MissedRuns.RunOnce;

    /// <summary>Whether an occurrence adds a job though the last one has not ended; <see cref="OverlapPolicy.Allow"/> by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is none.</exception>
    public OverlapPolicy Overlap
    {
        get;
        init => field = value is OverlapPolicy.Allow or OverlapPolicy.Skip
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"{(int)value} is not an overlap policy. Allow and Skip are.");
    }

    internal Recurrence Recurrence { get; }

    /// <summary>Every so often, without drift.</summary>
    /// <param name="interval">1 ms to 100 years, in whole milliseconds.</param>
    /// <exception cref="ArgumentOutOfRangeException">The interval is zero, negative, too short, too long, or has a part of a millisecond.</exception>
    public static Schedule Every(TimeSpan interval) => new(new IntervalRecurrence(interval));

    /// <summary>At the times of a cron expression.</summary>
    /// <param name="expression">Five fields (minute, hour, day of month, month, day of week), or six with seconds in front, or a macro as <c>@daily</c>. A
    /// day must fit both day fields. Beside lists, ranges, steps and names there are <c>L</c>, <c>W</c> and <c>#</c>, but no <c>H</c>.</param>
    /// <param name="timeZone">A time zone of the IANA database, as <c>Europe/Berlin</c>; null: UTC.</param>
    /// <exception cref="ArgumentException">The expression is wrong (the message names the field) or never comes true, or the time zone is unknown.</exception>
    public static Schedule Cron(string expression, string? timeZone = null) => new(CronRecurrence.Parse(expression, timeZone));

    /// <summary>The next times, as if it were created at the one given: what a new repeatable would do.</summary>
    /// <param name="after">Only times behind this one; itself too for a schedule that runs at once and has no <see cref="Start"/>.</param>
    /// <param name="count">How many, 1 to 10 000. Fewer come back when <see cref="End"/> or <see cref="MaxRuns"/> says so.</param>
    /// <returns>In order, with the offset of the time zone.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The count is out of its range.</exception>
    /// <exception cref="ArgumentException"><see cref="End"/> is before <see cref="Start"/>.</exception>
    public IReadOnlyList<DateTimeOffset> GetOccurrences(DateTimeOffset after, int count)
    {
        Validate();
        after = Times.ToMilliseconds(after);
        DateTimeOffset behind = RunAtOnce && Start is null && after > DateTimeOffset.MinValue ? after.AddTicks(-1) : after;
        return Occurrences.List(this, after, behind, RequireCount(count));
    }

    internal static int RequireCount(int count) => count is >= 1 and <= MostOccurrences
        ? count
        : throw new ArgumentOutOfRangeException(nameof(count), count, $"The count of occurrences must be 1 to 10 000, but was {count}.");

    /// <summary>Checks what only makes sense together.</summary>
    internal void Validate()
    {
        if (End < Start)
            throw new ArgumentException($"End ({End:O}) is before Start ({Start:O}); the schedule would never fire.");
    }

    private static DateTimeOffset? RequireStart(DateTimeOffset? value) => value switch
    {
        { Year: > 2_200 } => throw new ArgumentOutOfRangeException(nameof(value), value, $"Start must be within about 100 years, but was {value:O}."),
        { } start => Times.ToMilliseconds(start),
        null => null,
    };
}
