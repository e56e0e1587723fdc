using System.Security;
using Cronos;

namespace AsyncMQ.Jobs;

/// <summary>The wall-clock times of a cron expression in a time zone.</summary>
internal sealed record CronRecurrence : Recurrence
{
    public const string Utc = "UTC";

    // What the parser can reckon with; nobody's clock is outside of it.
    private static readonly DateTimeOffset Earliest = new(1900, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Latest = new(2400, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly CronExpression cron;
    private readonly ZoneOffsets offsets;
    private readonly bool repeats;

    private CronRecurrence(string expression, CronExpression cron, TimeZoneInfo zone) =>
        (Expression, this.cron, Zone, offsets, repeats) = (expression, cron, zone, new(zone), CronText.Repeats(expression));

    /// <summary>The expression as it was given.</summary>
    public string Expression { get; }

    public TimeZoneInfo Zone { get; }

    /// <exception cref="ArgumentException">The expression is wrong or never comes true, or the time zone is unknown.</exception>
    public static CronRecurrence Parse(string expression, string? timeZone)
    {
        string text = CronText.Require(expression);
        CronExpression cron = CronText.Parse(text);
        if (cron.GetNextOccurrence(Earliest.UtcDateTime) is null)
            throw new ArgumentException($"Cron expression '{CronText.Shown(text)}' never comes true: none of its months has such a day.", nameof(expression));
        return new(text, cron, timeZone is null ? TimeZoneInfo.Utc : RequireZone(timeZone));
    }

    public bool Equals(CronRecurrence? other) => other is not null && Expression == other.Expression && Zone.Id == other.Zone.Id;

    public override int GetHashCode() => HashCode.Combine(Expression, Zone.Id);

    // From one change of the clock to the next: in between, wall-clock times are times.
    public override DateTimeOffset? After(DateTimeOffset after, DateTimeOffset anchor)
    {
        bool inclusive = false;
        for (DateTimeOffset time = after < Earliest ? Earliest : after; time < Latest;)
        {
            TimeSpan offset = offsets.At(time);
            if (cron.GetNextOccurrence(ZoneOffsets.Wall(time, offset), inclusive) is not { } wall)
                return null;

            var next = new DateTimeOffset(wall - offset, TimeSpan.Zero);
            if (offsets.FirstChange(time, next) is { } change)
            {
                if (wall < offsets.Wall(change))
                    return InZone(change); // it falls into what is left out
                (time, inclusive) = (change, true);
            }
            else if (repeats || !offsets.IsShownAgain(next))
            {
                return InZone(next);
            }
            else
            {
                (time, inclusive) = (next, false);
            }
        }

        return null;
    }

    public override DateTimeOffset? UpTo(DateTimeOffset time, DateTimeOffset anchor)
    {
        for (time = time > Latest ? Latest : time; time > Earliest;)
        {
            TimeSpan offset = offsets.At(time);
            if (cron.GetPreviousOccurrence(ZoneOffsets.Wall(time, offset), inclusive: true) is not { } wall)
                return null;

            var last = new DateTimeOffset(wall - offset, TimeSpan.Zero);
            if (offsets.LastChange(last, time) is { } change)
            {
                if (wall >= ZoneOffsets.Wall(change, offsets.At(change.AddSeconds(-1))))
                    return InZone(change);
                time = change.AddTicks(-1);
            }
            else if (repeats || !offsets.IsShownAgain(last))
            {
                return InZone(last);
            }
            else
            {
                time = last.AddTicks(-1);
            }
        }

        return null;
    }

    private DateTimeOffset InZone(DateTimeOffset time) => time.ToOffset(offsets.At(time));

    // Only names of the database as they stand there, which mean the same on every machine: not its files that stand for "here", nor Windows' own names.
    private static TimeZoneInfo RequireZone(string name)
    {
        try
        {
            if (name.Length is > 0 and <= 100 && name != "localtime" && !name.StartsWith("posix", StringComparison.Ordinal) && !name.StartsWith("right/", StringComparison.Ordinal)
                && TimeZoneInfo.FindSystemTimeZoneById(name) is { HasIanaId: true } zone && zone.Id == name)
                return zone;
        }
        catch (Exception e) when (e is TimeZoneNotFoundException or InvalidTimeZoneException or SecurityException)
        {
        }

        throw new ArgumentException(
            $"Time zone '{CronText.Shown(name)}' is unknown. Use a name of the IANA database, as 'Europe/Berlin', or leave it out for UTC. "
            + "A system without that database (package tzdata) knows only UTC.", nameof(name));
    }
}
