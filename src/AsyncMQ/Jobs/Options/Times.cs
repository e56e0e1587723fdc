namespace AsyncMQ.Jobs;

/// <summary>The bounds of every time a user can give: positive, and short enough that adding it to now cannot overflow.</summary>
internal static class Times
{
    /// <summary>The longest delay, window or time-to-live: 100 years.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(36_525);

    /// <summary>Null, or longer than zero and at most 100 years.</summary>
    public static TimeSpan? RequireSpan(TimeSpan? value, string what)
    {
        if (value is { } span && (span <= TimeSpan.Zero || span > Longest))
            throw new ArgumentOutOfRangeException(nameof(value), span, $"{what} must be longer than zero and at most 100 years, but was {span}.");

        return value;
    }

    /// <summary>Null, or zero to 100 years.</summary>
    public static TimeSpan? RequireDelay(TimeSpan? value, string what)
    {
        if (value is { } span && (span < TimeSpan.Zero || span > Longest))
            throw new ArgumentOutOfRangeException(nameof(value), span, $"{what} must be zero to 100 years, but was {span}.");

        return value;
    }

    /// <summary>A time as every store can keep it: without the part of a millisecond.</summary>
    public static DateTimeOffset ToMilliseconds(DateTimeOffset time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerMillisecond));
}
