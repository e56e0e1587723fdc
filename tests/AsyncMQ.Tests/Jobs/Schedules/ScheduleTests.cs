using AsyncMQ.Jobs;

namespace AsyncMQ.Tests.Jobs.Schedules;

public class ScheduleTests
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void An_interval_is_counted_from_its_start_whenever_it_is_asked()
    {
        Schedule schedule = Schedule.Every(TimeSpan.FromMinutes(7)) with { Start = Noon };

        Assert.Equal([Noon.AddMinutes(7), Noon.AddMinutes(14)], schedule.GetOccurrences(Noon.AddHours(-3), 2));
        Assert.Equal([Noon.AddMinutes(70_000_007)], schedule.GetOccurrences(Noon.AddMinutes(70_000_001), 1));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(333_333)]
    [InlineData(3_600_001)]
    public void Ten_million_intervals_do_not_drift(int milliseconds)
    {
        Schedule schedule = Schedule.Every(TimeSpan.FromMilliseconds(milliseconds)) with { Start = Noon };
        for (long number = 1; number <= 10_000_000; number += 99_991)
        {
            DateTimeOffset time = Noon.AddTicks(number * milliseconds * TimeSpan.TicksPerMillisecond);
            Assert.Equal(time, Assert.Single(schedule.GetOccurrences(time.AddTicks(-1), 1)));
            Assert.Equal(time, Occurrences.UpTo(schedule, default, time));
            Assert.Equal(time, Occurrences.UpTo(schedule, default, time.AddMilliseconds(milliseconds).AddTicks(-1)));
        }
    }

    [Fact]
    public void An_interval_without_a_start_is_counted_from_its_creation() =>
        Assert.Equal([Noon.AddHours(1), Noon.AddHours(2)], Schedule.Every(TimeSpan.FromHours(1)).GetOccurrences(Noon, 2));

    [Theory]
    [InlineData("* * * * *", 60)]
    [InlineData("*/5 * * * *", 300)]
    [InlineData("*/2 * * * * *", 2)]
    [InlineData("@hourly", 3_600)]
    [InlineData("@DAILY", 43_200)]
    [InlineData("  0   0 * * *  ", 43_200)]
    [InlineData("30 12 1 5 *", 1_800)]
    [InlineData("0 0 12 ? * SUN-MON", 172_800)]
    public void A_cron_expression_of_five_or_six_fields_is_read(string cron, int seconds) =>
        Assert.Equal([Noon.AddSeconds(seconds)], Schedule.Cron(cron).GetOccurrences(Noon, 1));

    [Fact]
    public void A_cron_expression_is_read_in_its_time_zone()
    {
        Schedule schedule = Schedule.Cron("0 3 * * *", "Asia/Tokyo");

        DateTimeOffset time = Assert.Single(schedule.GetOccurrences(Noon, 1));
        Assert.Equal("2026-05-02 03:00 +09:00", $"{time:yyyy-MM-dd HH:mm zzz}");
        Assert.Equal("Asia/Tokyo", schedule.TimeZone);
    }

    [Fact]
    public void A_cron_time_that_is_the_start_itself_counts_and_one_before_does_not() =>
        Assert.Equal(
            [Noon, Noon.AddHours(1)], (Schedule.Cron("0 * * * *") with { Start = Noon }).GetOccurrences(Noon.AddDays(-1), 2));

    [Fact]
    public void Nothing_happens_behind_the_end_and_at_it_the_last() =>
        Assert.Equal([Noon.AddHours(1), Noon.AddHours(2)], (Schedule.Every(TimeSpan.FromHours(1)) with { End = Noon.AddHours(2) }).GetOccurrences(Noon, 10));

    [Fact]
    public void There_are_no_more_than_its_most_runs() =>
        Assert.Equal(3, (Schedule.Every(TimeSpan.FromHours(1)) with { MaxRuns = 3 }).GetOccurrences(Noon, 10).Count);

    [Fact]
    public void One_that_runs_at_once_happens_at_its_creation_too()
    {
        Assert.Equal([Noon, Noon.AddHours(1)], (Schedule.Every(TimeSpan.FromHours(1)) with { RunAtOnce = true }).GetOccurrences(Noon, 2));
        Assert.Equal([Noon, Noon.AddHours(12)], (Schedule.Cron("@daily") with { RunAtOnce = true }).GetOccurrences(Noon, 2));
    }

    [Fact]
    public void One_that_runs_at_once_and_has_a_start_happens_then()
    {
        DateTimeOffset start = Noon.AddMinutes(90);

        Assert.Equal([start, start.AddHours(1)], (Schedule.Every(TimeSpan.FromHours(1)) with { RunAtOnce = true, Start = start }).GetOccurrences(Noon, 2));
        Assert.Equal([start, Noon.AddHours(2)], (Schedule.Cron("@hourly") with { RunAtOnce = true, Start = start }).GetOccurrences(Noon, 2));
    }

    [Fact]
    public void A_time_is_whole_milliseconds()
    {
        Schedule schedule = Schedule.Every(TimeSpan.FromMilliseconds(1)) with { Start = Noon.AddTicks(12_345) };

        Assert.Equal([Noon.AddMilliseconds(2), Noon.AddMilliseconds(3)], schedule.GetOccurrences(Noon.AddTicks(12_345), 2));
    }

    [Fact]
    public void No_time_overflows_it()
    {
        foreach (Schedule schedule in new[] { Schedule.Every(TimeSpan.FromDays(36_525)), Schedule.Every(TimeSpan.FromMilliseconds(1)), Schedule.Cron("* * * * * *", "Europe/Berlin") })
        {
            Assert.Empty(schedule.GetOccurrences(DateTimeOffset.MaxValue, 2));
            Assert.NotEmpty(schedule.GetOccurrences(DateTimeOffset.MinValue, 2));
            Assert.Null(Occurrences.UpTo(schedule, Noon, DateTimeOffset.MinValue));
            Assert.NotNull(Occurrences.UpTo(schedule, Noon, DateTimeOffset.MaxValue));
        }
    }

    [Fact]
    public void A_rare_day_is_found_however_far_it_is() =>
        Assert.Equal("2044-02-29", $"{Assert.Single(Schedule.Cron("0 0 29 2 MON", "America/New_York").GetOccurrences(Noon, 1)):yyyy-MM-dd}");

    [Fact]
    public void Schedules_are_equal_when_all_they_say_is()
    {
        Assert.Equal(Schedule.Cron("@daily", "Europe/Berlin") with { MaxRuns = 3 }, Schedule.Cron("@daily", "Europe/Berlin") with { MaxRuns = 3 });
        Assert.Equal(Schedule.Every(TimeSpan.FromHours(1)) with { Missed = MissedRuns.RunAll(5) }, Schedule.Every(TimeSpan.FromHours(1)) with { Missed = MissedRuns.RunAll(5) });
        Assert.NotEqual(Schedule.Cron("@daily", "Europe/Berlin"), Schedule.Cron("@daily", "Europe/Paris"));
        Assert.NotEqual(Schedule.Cron("@daily"), Schedule.Cron("0 0 * * *"));
        Assert.NotEqual(Schedule.Every(TimeSpan.FromHours(1)), Schedule.Every(TimeSpan.FromHours(2)));
    }
}
