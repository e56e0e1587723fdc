using AsyncMQ.Jobs;
using AsyncMQ.Queues;

namespace AsyncMQ.Tests.Jobs.Schedules;

/// <summary>What an upsert does to what is stored.</summary>
public class UpsertTests
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Schedule Hourly = Schedule.Every(TimeSpan.FromHours(1));
    private static readonly JobTemplate Work = new() { Name = "work", Priority = 5 };

    [Fact]
    public void A_new_one_is_counted_from_now() => Assert.Equal(Noon.AddHours(1), Upsert.Of(Hourly, Work, null, null, Noon)!.Next);

    [Fact]
    public void A_new_one_that_runs_at_once_is_due() => Assert.Equal(Noon, Upsert.Of(Hourly with { RunAtOnce = true }, Work, null, null, Noon)!.Next);

    [Fact]
    public void One_that_is_so_already_is_not_written()
    {
        ScheduleRecord stored = Stored(Hourly) with { IsPaused = true };

        Assert.Null(Upsert.Of(Hourly, Work, null, stored, Noon.AddDays(1)));
        Assert.Null(Upsert.Of(Hourly, Work, true, stored, Noon.AddDays(1)));
        Assert.NotNull(Upsert.Of(Hourly, Work, false, stored, Noon.AddDays(1)));
    }

    [Fact]
    public void Another_job_leaves_the_next_time_even_when_it_is_overdue()
    {
        ScheduleRecord stored = Stored(Hourly);

        Assert.Equal(stored.Next, Upsert.Of(Hourly, Work with { Priority = 1 }, null, stored, Noon.AddHours(5.5))!.Next);
        Assert.Equal(stored.Next, Upsert.Of(Hourly with { Overlap = OverlapPolicy.Skip, Missed = MissedRuns.Skip }, Work, null, stored, Noon.AddHours(5.5))!.Next);
    }

    [Fact]
    public void Another_interval_is_counted_from_the_creation_and_starts_now() =>
        Assert.Equal(Noon.AddMinutes(350), Upsert.Of(Schedule.Every(TimeSpan.FromMinutes(10)), Work, null, Stored(Hourly), Noon.AddMinutes(345))!.Next);

    [Fact]
    public void What_runs_at_once_does_so_only_when_it_is_created() =>
        Assert.Equal(Noon.AddHours(3), Upsert.Of(Hourly with { RunAtOnce = true }, Work, null, Stored(Hourly), Noon.AddHours(2.5))!.Next);

    [Fact]
    public void One_that_is_resumed_by_it_starts_now() =>
        Assert.Equal(Noon.AddHours(6), Upsert.Of(Hourly, Work, false, Stored(Hourly) with { IsPaused = true }, Noon.AddHours(5.5))!.Next);

    [Fact]
    public void One_that_has_had_its_runs_is_over_and_goes_on_when_it_may_have_more()
    {
        ScheduleRecord over = Stored(Hourly with { MaxRuns = 3 }) with { Runs = 3, Next = null };

        Assert.Null(Upsert.Of(Hourly with { MaxRuns = 2 }, Work, null, over, Noon.AddHours(5.5))!.Next);
        Assert.Equal(Noon.AddHours(6), Upsert.Of(Hourly with { MaxRuns = 4 }, Work, null, over, Noon.AddHours(5.5))!.Next);
        Assert.Null(Upsert.Of(Hourly with { MaxRuns = 4 }, Work, null, Stored(Hourly) with { Runs = 7 }, Noon)!.Next);
    }

    [Fact]
    public void One_that_cannot_be_read_is_replaced_and_counted_from_its_creation()
    {
        ScheduleRecord damaged = Stored(Hourly) with { Definition = new byte[] { 1, 2, 3 }, CreatedAt = Noon.AddMinutes(-20).AddTicks(5) };

        Assert.Equal(Noon.AddMinutes(40), Upsert.Of(Hourly, Work, null, damaged, Noon)!.Next);
    }

    [Fact]
    public void One_that_would_never_run_is_refused()
    {
        ArgumentException over = Assert.Throws<ArgumentException>(() => Upsert.Of(Hourly with { End = Noon.AddDays(-1) }, Work, null, null, Noon));
        Assert.Contains("its End (2026-04-30T12:00:00", over.Message, StringComparison.Ordinal);
        Assert.Contains("it is 2026-05-01T12:00:00", over.Message, StringComparison.Ordinal);

        Assert.Throws<ArgumentException>(() => Upsert.Of(Hourly with { End = Noon.AddMinutes(59) }, Work, null, null, Noon));
        Assert.NotNull(Upsert.Of(Hourly with { End = Noon.AddMinutes(60) }, Work, null, null, Noon));
    }

    [Fact]
    public void One_that_is_over_and_stays_as_it_is_is_left_alone()
    {
        Schedule ended = Hourly with { End = Noon.AddHours(2) };

        Assert.Null(Upsert.Of(ended, Work, null, Stored(ended) with { Next = null }, Noon.AddYears(1)));
    }

    private static ScheduleRecord Stored(Schedule schedule) => new()
    {
        Queue = "default",
        Id = "a",
        Revision = 1,
        Definition = new RepeatableDefinition(schedule, Work, Noon).Pack(),
        Next = Noon.AddHours(1),
        CreatedAt = Noon,
    };
}
