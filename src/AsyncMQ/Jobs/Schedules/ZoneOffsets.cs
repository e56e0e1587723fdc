namespace AsyncMQ.Jobs;

/// <summary>How far a place's wall clock is ahead of UTC, and when that changes. A time zone is asked for nothing but its offset at a moment, which is never
/// ambiguous.</summary>
internal sealed class ZoneOffsets(TimeZoneInfo zone)
{
    // No place ever put its clock forward and back within it, nor by more than it.
    private static readonly TimeSpan Stride = TimeSpan.FromHours(24);

    private readonly bool changes = zone.Id != CronRecurrence.Utc;

    public TimeSpan At(DateTimeOffset time) => changes ? zone.GetUtcOffset(time) : TimeSpan.Zero;

    /// <summary>What the wall clock shows.</summary>
    public DateTime Wall(DateTimeOffset time) => Wall(time, At(time));

    /// <summary>What a wall clock shows that is ahead of UTC by so much.</summary>
    public static DateTime Wall(DateTimeOffset time, TimeSpan offset) => DateTime.SpecifyKind(time.UtcDateTime + offset, DateTimeKind.Utc);

    /// <summary>The first moment with another offset than the one before it, behind <paramref name="after"/> and up to <paramref name="to"/>; null: none.</summary>
    public DateTimeOffset? FirstChange(DateTimeOffset after, DateTimeOffset to)
    {
        for (DateTimeOffset from = after; changes && from < to;)
        {
            DateTimeOffset next = to - from > Stride ? from + Stride : to;
            if (At(from) != At(next))
                return ChangeBetween(from, next);
            from = next;
        }

        return null;
    }

    /// <summary>The last such moment.</summary>
    public DateTimeOffset? LastChange(DateTimeOffset after, DateTimeOffset to)
    {
        for (DateTimeOffset until = to; changes && after < until;)
        {
            DateTimeOffset before = until - after > Stride ? until - Stride : after;
            if (At(before) != At(until))
                return ChangeBetween(before, until);
            until = before;
        }

        return null;
    }

    /// <summary>True when the wall clock showed the same before: it was put back meanwhile.</summary>
    public bool IsShownAgain(DateTimeOffset time) =>
        LastChange(time - Stride, time) is { } change && Wall(time) < Wall(change, At(change.AddSeconds(-1)));

    // Clocks are changed at whole seconds.
    private DateTimeOffset ChangeBetween(DateTimeOffset before, DateTimeOffset changed)
    {
        long early = before.ToUnixTimeSeconds(), late = changed.ToUnixTimeSeconds();
        TimeSpan offset = At(before);
        while (late - early > 1)
        {
            long middle = early + ((late - early) / 2);
            if (At(DateTimeOffset.FromUnixTimeSeconds(middle)) == offset)
                early = middle;
            else
                late = middle;
        }

        return DateTimeOffset.FromUnixTimeSeconds(late);
    }
}
