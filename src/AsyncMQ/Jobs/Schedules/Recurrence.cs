namespace AsyncMQ.Jobs;

/// <summary>The bare rule of a schedule: which times there are, from the beginning of time to its end.</summary>
internal abstract record Recurrence
{
    /// <summary>The first time behind another; null: there is none.</summary>
    /// <param name="after">That one.</param>
    /// <param name="anchor">What an interval is counted from.</param>
    public abstract DateTimeOffset? After(DateTimeOffset after, DateTimeOffset anchor);

    /// <summary>The last time before another, or that one itself; null: there is none.</summary>
    /// <param name="time">That one.</param>
    /// <param name="anchor">What an interval is counted from.</param>
    public abstract DateTimeOffset? UpTo(DateTimeOffset time, DateTimeOffset anchor);
}

/// <summary>Every so often from an anchor, which is none of the times itself.</summary>
internal sealed record IntervalRecurrence : Recurrence
{
    public IntervalRecurrence(TimeSpan interval) => Interval = Require(interval);

    public TimeSpan Interval { get; }

    public override DateTimeOffset? After(DateTimeOffset after, DateTimeOffset anchor) =>
        At(anchor, after < anchor ? 1 : ((after.UtcTicks - anchor.UtcTicks) / Interval.Ticks) + 1);

    public override DateTimeOffset? UpTo(DateTimeOffset time, DateTimeOffset anchor) =>
        At(anchor, time < anchor ? 0 : (time.UtcTicks - anchor.UtcTicks) / Interval.Ticks);

    // By multiplication, not step by step: a schedule that was away for years is looked at as fast as any other.
    private DateTimeOffset? At(DateTimeOffset anchor, long number)
    {
        Int128 ticks = anchor.UtcTicks + ((Int128)number * Interval.Ticks);
        return number >= 1 && ticks <= DateTimeOffset.MaxValue.UtcTicks ? new DateTimeOffset((long)ticks, TimeSpan.Zero) : null;
    }

    private static TimeSpan Require(TimeSpan interval)
    {
        if (interval <= TimeSpan.Zero || interval > Times.Longest)
            throw new ArgumentOutOfRangeException(nameof(interval), interval, $"An interval must be longer than zero and at most 100 years, but was {interval}.");
        return interval.Ticks % TimeSpan.TicksPerMillisecond == 0
            ? interval
            : throw new ArgumentOutOfRangeException(nameof(interval), interval, $"An interval must be whole milliseconds, at least one, but was {interval}.");
    }
}
