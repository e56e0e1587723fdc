using AsyncMQ.Jobs;

namespace AsyncMQ.Tests.Jobs.Schedules;

/// <summary>What is made of the occurrences that are due when somebody looks.</summary>
public class DueOccurrencesTests
{
    private const int Noted = 50;
    private static readonly DateTimeOffset Noon = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Schedule Hourly = Schedule.Every(TimeSpan.FromHours(1));

    [Fact]
    public void One_in_time_runs()
    {
        foreach (MissedRuns missed in new[] { MissedRuns.Skip, MissedRuns.RunOnce, MissedRuns.RunAll(10) })
            AssertDue(Of(Hourly with { Missed = missed }, hours: 1, now: 1), missed: [], running: [1], next: 2);
    }

    [Fact]
    public void One_that_is_a_minute_late_is_not_missed_yet()
    {
        DueOccurrences due = Of(Hourly with { Missed = MissedRuns.Skip }, Noon.AddHours(1), Noon.AddHours(1).AddMinutes(1));
        AssertDue(due, missed: [], running: [1], next: 2);

        due = Of(Hourly with { Missed = MissedRuns.Skip }, Noon.AddHours(1), Noon.AddHours(1).AddMinutes(1).AddMilliseconds(1));
        AssertDue(due, missed: [1], running: [], next: 2);
    }

    [Fact]
    public void Missed_ones_are_skipped_and_the_last_runs_when_it_is_in_time()
    {
        AssertDue(Of(Hourly with { Missed = MissedRuns.Skip }, hours: 1, now: 4), missed: [1, 2, 3], running: [4], next: 5);
        AssertDue(Of(Hourly with { Missed = MissedRuns.Skip }, hours: 1, now: 4.5), missed: [1, 2, 3, 4], running: [], next: 5);
    }

    [Fact]
    public void Missed_ones_are_made_up_for_by_one_run() =>
        AssertDue(Of(Hourly with { Missed = MissedRuns.RunOnce }, hours: 1, now: 4.5), missed: [1, 2, 3], running: [4], next: 5);

    [Fact]
    public void Of_missed_ones_the_latest_run_up_to_the_number_allowed()
    {
        AssertDue(Of(Hourly with { Missed = MissedRuns.RunAll(3) }, hours: 1, now: 5.5), missed: [1, 2], running: [3, 4, 5], next: 6);
        AssertDue(Of(Hourly with { Missed = MissedRuns.RunAll(100) }, hours: 1, now: 3.5), missed: [], running: [1, 2, 3], next: 4);
    }

    [Fact]
    public void What_is_more_than_may_be_added_at_once_comes_next()
    {
        DuePeriod due = new(Noon.AddHours(1), Noon.AddHours(9));

        AssertDue(DueOccurrences.Of(Hourly with { Missed = MissedRuns.RunAll(8) }, Noon, due, Noted, mostRunning: 3), missed: [1], running: [2, 3, 4], next: 5);
    }

    [Fact]
    public void The_one_expected_counts_though_the_schedule_knows_it_no_more()
    {
        DueOccurrences due = Of(Hourly with { Missed = MissedRuns.RunAll(5) }, Noon.AddHours(0.5), Noon.AddHours(1));

        AssertDue(due, missed: [], running: [0.5, 1], next: 2);
    }

    [Fact]
    public void Behind_the_end_nothing_is_due_and_nothing_next() =>
        AssertDue(Of(Hourly with { Missed = MissedRuns.RunAll(9), End = Noon.AddHours(2) }, hours: 1, now: 5), missed: [], running: [1, 2], next: null);

    [Fact]
    public void A_run_at_once_that_nobody_saw_is_made_up_for()
    {
        Schedule schedule = Hourly with { RunAtOnce = true, Missed = MissedRuns.RunAll(9) };

        AssertDue(Of(schedule, Noon, Noon.AddHours(2)), missed: [], running: [0, 1, 2], next: 3);
    }

    [Fact]
    public void A_hundred_years_of_milliseconds_are_looked_at_as_fast_as_an_hour()
    {
        Schedule schedule = Schedule.Every(TimeSpan.FromMilliseconds(1)) with { Missed = MissedRuns.RunAll(1_000) };

        DueOccurrences due = Of(schedule, Noon, Noon.AddYears(100));

        Assert.Equal((0, 1_000), (due.Missed.Count, due.Running.Count));
        Assert.Equal((Noon.AddYears(100), Noon.AddYears(100).AddMilliseconds(1)), (due.Running[^1], due.Next));
        Assert.Equal(50, Of(Schedule.Cron("* * * * * *", "Europe/Berlin") with { Missed = MissedRuns.Skip }, Noon, Noon.AddYears(100).AddMinutes(2)).Missed.Count + 1);
    }

    [Fact]
    public void The_decision_is_that_of_a_list_of_all_occurrences()
    {
        var random = new Random(20260501);
        Schedule[] rules = [Schedule.Every(TimeSpan.FromMinutes(7)), Schedule.Cron("*/20 * * * *"), Schedule.Cron("15,45 1-4 * * *", "Europe/Berlin"), Schedule.Cron("@hourly")];
        MissedRuns[] policies = [MissedRuns.Skip, MissedRuns.RunOnce, MissedRuns.RunAll(2), MissedRuns.RunAll(70)];
        for (int round = 0; round < 2_000; round++)
        {
            Schedule schedule = rules[random.Next(rules.Length)] with { Missed = policies[random.Next(policies.Length)], RunAtOnce = random.Next(2) == 0 };
            if (random.Next(3) == 0)
                schedule = schedule with { End = Noon.AddMinutes(random.Next(1, 1_000)) };
            if (Occurrences.After(schedule, Noon, Noon.AddMinutes(random.Next(-1, 300))) is not { } expected)
                continue;
            var due = new DuePeriod(expected, expected.AddSeconds(random.Next(2) == 0 ? random.Next(0, 120) : random.Next(0, 60_000)));
            int mostRunning = random.Next(1, 80);

            DueOccurrences decided = DueOccurrences.Of(schedule, Noon, due, Noted, mostRunning);

            AssertAsListed(schedule, due, mostRunning, decided);
        }
    }

    private static void AssertAsListed(Schedule schedule, DuePeriod due, int mostRunning, DueOccurrences decided)
    {
        List<DateTimeOffset> all = [due.Expected];
        while (Occurrences.After(schedule, Noon, all[^1]) is { } next && next <= due.Now)
            all.Add(next);
        int most = schedule.Missed.Most > 0 ? schedule.Missed.Most : due.Now - all[^1] <= DueOccurrences.Grace ? 1 : 0;
        DateTimeOffset[] running = [.. all.TakeLast(most)];
        DateTimeOffset[] missed = [.. all.SkipLast(running.Length)];

        Assert.Equal(running.Take(mostRunning), decided.Running);
        Assert.Equal(missed.TakeLast(Math.Max(0, Noted - running.Length)), decided.Missed);
        Assert.Equal(running.Length > mostRunning ? running[mostRunning] : Occurrences.After(schedule, Noon, due.Now), decided.Next);
    }

    private static DueOccurrences Of(Schedule schedule, double hours, double now) => Of(schedule, Noon.AddHours(hours), Noon.AddHours(now));

    private static DueOccurrences Of(Schedule schedule, DateTimeOffset expected, DateTimeOffset now) =>
        DueOccurrences.Of(schedule, Noon, new(expected, now), Noted, mostRunning: 1_000);

    private static void AssertDue(DueOccurrences due, double[] missed, double[] running, double? next)
    {
        Assert.Equal(missed.Select(hour => Noon.AddHours(hour)), due.Missed);
        Assert.Equal(running.Select(hour => Noon.AddHours(hour)), due.Running);
        Assert.Equal(next is { } hours ? Noon.AddHours(hours) : null, due.Next);
    }
}
