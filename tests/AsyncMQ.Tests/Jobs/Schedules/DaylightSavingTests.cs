using AsyncMQ.Jobs;

namespace AsyncMQ.Tests.Jobs.Schedules;

/// <summary>Cron expressions in every time zone that this system knows, where the clock is put forward and where it is put back.</summary>
public class DaylightSavingTests
{
    private static readonly TimeSpan Around = TimeSpan.FromHours(30);

    public static TheoryData<string, bool, string> Crons => new()
    {
        { "0 0 * * *", false, "0:00" },
        { "30 0 * * *", false, "0:30" },
        { "0 1 * * *", false, "1:00" },
        { "30 1 * * *", false, "1:30" },
        { "0 2 * * *", false, "2:00" },
        { "15 2 * * *", false, "2:15" },
        { "45 2 * * *", false, "2:45" },
        { "0 3 * * *", false, "3:00" },
        { "30 23 * * *", false, "23:30" },
        { "0,30 1,2 * * *", false, "1:00 1:30 2:00 2:30" },
        { "0 30 2 * * *", false, "2:30" },
        { "0 * * * *", true, ":00" },
        { "15 * * * *", true, ":15" },
        { "*/30 * * * *", true, ":00 :30" },
        { "0/20 * * * *", true, ":00 :20 :40" },
        { "0 0/30 * * * *", true, ":00 :30" },
        { "30 0-3 * * *", true, "0:30 1:30 2:30 3:30" },
    };

    [Theory]
    [MemberData(nameof(Crons))]
    public void Over_both_edges_of_two_years_every_time_zone_keeps_the_rule(string cron, bool repeats, string times)
    {
        var wrong = new List<string>();
        foreach (ClockChange change in ClockChange.All)
        {
            var schedule = Schedule.Cron(cron, change.Zone.Id);
            DateTimeOffset after = change.At - Around, to = change.At + Around;
            DateTimeOffset[] expected = [.. change.Times(after, to, TimeIn(times), repeats)];
            if (!Between(schedule, after, to).SequenceEqual(expected))
                wrong.Add($"{change}: {Text(Between(schedule, after, to))} instead of {Text(expected)}");
            if (!Backwards(schedule, after, to).Reverse().SequenceEqual(expected))
                wrong.Add($"{change}, backwards: {Text(Backwards(schedule, after, to).Reverse())} instead of {Text(expected)}");
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Take(10)));
    }

    [Fact]
    public void The_time_zone_database_is_there() => Assert.InRange(ClockChange.All.Count, 200, 10_000);

    [Fact]
    public void What_falls_into_the_hour_left_out_happens_at_its_end()
    {
        IReadOnlyList<DateTimeOffset> times = Schedule.Cron("30 2 * * *", "Europe/Berlin").GetOccurrences(At("2026-03-27T12:00Z"), 3);

        Assert.Equal(["2026-03-28 02:30 +01:00", "2026-03-29 03:00 +02:00", "2026-03-30 02:30 +02:00"], times.Select(time => $"{time:yyyy-MM-dd HH:mm zzz}"));
    }

    [Fact]
    public void A_fixed_time_happens_once_though_its_hour_comes_twice()
    {
        IReadOnlyList<DateTimeOffset> times = Schedule.Cron("30 2 * * *", "Europe/Berlin").GetOccurrences(At("2026-10-24T12:00Z"), 2);

        Assert.Equal(["2026-10-25 02:30 +02:00", "2026-10-26 02:30 +01:00"], times.Select(time => $"{time:yyyy-MM-dd HH:mm zzz}"));
    }

    [Fact]
    public void A_repeating_time_happens_in_both_hours_that_are_the_same()
    {
        IReadOnlyList<DateTimeOffset> times = Schedule.Cron("*/30 * * * *", "Europe/Berlin").GetOccurrences(At("2026-10-24T23:59Z"), 6);

        Assert.Equal(
            ["02:00 +02:00", "02:30 +02:00", "02:00 +01:00", "02:30 +01:00", "03:00 +01:00", "03:30 +01:00"], times.Select(time => $"{time:HH:mm zzz}"));
    }

    [Fact]
    public void An_interval_knows_no_daylight_saving()
    {
        IReadOnlyList<DateTimeOffset> times = Schedule.Every(TimeSpan.FromHours(24)).GetOccurrences(At("2026-03-28T12:00+01:00"), 2);

        Assert.Equal([At("2026-03-29T11:00Z"), At("2026-03-30T11:00Z")], times);
    }

    private static IEnumerable<DateTimeOffset> Between(Schedule schedule, DateTimeOffset after, DateTimeOffset to) =>
        schedule.GetOccurrences(after, 1_000).TakeWhile(time => time <= to);

    private static IEnumerable<DateTimeOffset> Backwards(Schedule schedule, DateTimeOffset after, DateTimeOffset to)
    {
        for (DateTimeOffset? time = Occurrences.UpTo(schedule, default, to); time > after; time = Occurrences.UpTo(schedule, default, time.Value.AddTicks(-1)))
            yield return time.Value;
    }

    private static string Text(IEnumerable<DateTimeOffset> times) => string.Join(", ", times.Select(time => $"{time:dd HH:mm zzz}"));

    private static Func<TimeSpan, bool> TimeIn(string times)
    {
        HashSet<TimeSpan> all = [.. times.Split(' ').SelectMany(time => time[0] == ':'
            ? Enumerable.Range(0, 24).Select(hour => TimeSpan.Parse($"{hour}{time}", null))
            : [TimeSpan.Parse(time, null)])];
        return all.Contains;
    }

    private static DateTimeOffset At(string time) => DateTimeOffset.Parse(time, null);
}
