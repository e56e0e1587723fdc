using System.Globalization;

namespace AsyncMQ.Simulation.Planning;

/// <summary>The times of a cron expression, found by looking at every hour and minute of a day: too slow for a product, too simple to be wrong.</summary>
internal sealed record WallClock
{
    public int Second { get; init; }

    public required Steps Minutes { get; init; }

    public Steps Hours { get; init; } = Steps.Each;

    /// <summary>The day of the month; null: every day.</summary>
    public int? Day { get; init; }

    /// <summary>True: by the clocks of Berlin. Only for a fixed time of day; how repeated ones meet the edges of summer time is told elsewhere.</summary>
    public bool IsInBerlin { get; init; }

    public string Expression =>
        string.Create(CultureInfo.InvariantCulture, $"{(Second == 0 ? "" : $"{Second} ")}{Minutes} {Hours} {Day?.ToString(CultureInfo.InvariantCulture) ?? "*"} * *");

    /// <summary>The first time behind another, in UTC ticks.</summary>
    public long After(long time)
    {
        for (DateTime day = new DateTime(time, DateTimeKind.Unspecified).Date.AddDays(-1); ; day = day.AddDays(1))
        {
            if (Day is { } only && day.Day != only)
                continue;
            for (int hour = 0; hour < 24; hour++)
            {
                for (int minute = 0; Hours.Match(hour) && minute < 60; minute++)
                {
                    if (Minutes.Match(minute) && ToUtc(day + new TimeSpan(hour, minute, Second)) is var found && found > time)
                        return found;
                }
            }
        }
    }

    // Berlin is two hours ahead from the last Sunday of March, 1:00 UTC, to the last Sunday of October, 1:00 UTC, and one hour else. A time that is left out is
    // the moment at which the clock is put forward; of two the first one counts.
    private long ToUtc(DateTime local)
    {
        if (!IsInBerlin)
            return local.Ticks;

        DateTime start = LastSunday(local.Year, 3).AddHours(1), end = LastSunday(local.Year, 10).AddHours(1);
        DateTime inSummer = local.AddHours(-2), inWinter = local.AddHours(-1);
        if (inSummer >= start && inSummer < end)
            return inSummer.Ticks;
        return (inWinter >= start && inWinter < end ? start : inWinter).Ticks;
    }

    private static DateTime LastSunday(int year, int month)
    {
        var last = new DateTime(year, month, 31, 0, 0, 0, DateTimeKind.Unspecified);
        return last.AddDays(-(int)last.DayOfWeek);
    }
}

/// <summary>Which values of a field count: one, or each that can be divided.</summary>
/// <param name="Only">The one; null: see the step.</param>
/// <param name="Step">The divisor.</param>
internal readonly record struct Steps(int? Only, int Step)
{
    public static Steps Each { get; } = new(null, 1);

    public static Steps By(int step) => new(null, step);

    public static Steps At(int only) => new(only, 0);

    public bool Match(int value) => Only is { } only ? value == only : value % Step == 0;

    public override string ToString() => Only?.ToString(CultureInfo.InvariantCulture) ?? (Step == 1 ? "*" : string.Create(CultureInfo.InvariantCulture, $"*/{Step}"));
}
