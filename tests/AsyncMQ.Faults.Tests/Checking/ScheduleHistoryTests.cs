using AsyncMQ.Storage;

namespace AsyncMQ.Faults.Tests.Checking;

/// <summary>The judge of schedules: what may be is accepted, and each crime is named.</summary>
public sealed class ScheduleHistoryTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly List<OccurrenceRecord> occurrences = [];
    private readonly Dictionary<string, JobEnd> ends = [];
    private ScheduleFacts schedule = new("s", TimeSpan.FromSeconds(2), [], 0);

    [Fact]
    public void Every_time_once_is_well() => Accept(Added(0).Added(2).Added(4));

    [Fact]
    public void Times_that_were_missed_may_be_made_up_for_at_once() => Accept(Added(0).Added(2, at: 9).Added(4, at: 9).Added(6, at: 9).Added(8, at: 9));

    [Fact]
    public void A_schedule_that_does_not_make_up_notes_what_it_missed() => Accept(With(facts => facts with { RunsAll = false }).Added(0).Missed(2, at: 5).Added(4, at: 5));

    [Fact]
    public void What_overlaps_is_skipped_until_the_job_has_ended() =>
        Accept(With(facts => facts with { SkipsOverlaps = true }).Added(0, ends: 5).Overlapped(2).Overlapped(4).Added(6, ends: 8).Added(8));

    [Fact]
    public void At_the_moment_of_the_end_both_may_be() =>
        Accept(With(facts => facts with { SkipsOverlaps = true }).Added(0, ends: 2).Overlapped(2).Added(4, ends: 6).Added(6));

    [Fact]
    public void No_time_may_be_left_out() => Reject(Added(0).Added(4), "comes 4 s after");

    [Fact]
    public void No_time_may_come_between() => Reject(Added(0).Added(2).Added(3).Added(4), "comes 1 s after");

    [Fact]
    public void A_schedule_must_not_drift() => Reject(Added(0).Added(2).Added(4.5), "comes 2.5 s after");

    [Fact]
    public void No_time_may_be_there_twice() => Reject(Added(0).Added(2, job: "@x").Added(2, job: "@y"), "is there twice");

    [Fact]
    public void No_time_may_come_early() => Reject(Added(0, at: -1), "before its time");

    [Fact]
    public void Times_are_decided_in_order() => Reject(Added(0).Added(2, at: 9).Added(4, at: 8), "was decided before");

    [Fact]
    public void A_schedule_that_makes_up_for_all_misses_none() => Reject(Added(0).Missed(2, at: 5).Added(4), "was not added");

    [Fact]
    public void A_schedule_that_allows_overlaps_skips_none() => Reject(Added(0, ends: 5).Overlapped(2).Added(4), "was not added");

    [Fact]
    public void A_job_must_not_be_lost()
    {
        Added(0).Added(2);
        ends.Remove("@s:2");
        Reject(this, "does not know its job @s:2");
    }

    [Fact]
    public void A_job_that_no_occurrence_tells_of_was_added_twice()
    {
        Added(0).ends.Add("@s:0-again", new(JobState.Completed, null));
        Reject(this, "is in no history");
    }

    [Fact]
    public void Two_times_must_not_share_a_job() => Reject(Added(0, job: "@x").Added(2, job: "@x"), "as has s: that of 00:00");

    [Fact]
    public void Runs_are_counted()
    {
        Added(0).Added(2).schedule = schedule with { Runs = 3 };
        Assert.Contains(ScheduleChecker.Check([schedule with { Occurrences = occurrences }], ends), violation => violation.Contains("has run 3 times, but 2", StringComparison.Ordinal));
    }

    [Fact]
    public void An_occurrence_must_not_be_skipped_when_nothing_runs() =>
        Reject(With(facts => facts with { SkipsOverlaps = true }).Added(0, ends: 3).Overlapped(2).Overlapped(4), "was skipped");

    [Fact]
    public void An_occurrence_must_be_skipped_while_the_job_runs() =>
        Reject(With(facts => facts with { SkipsOverlaps = true }).Added(0, ends: 3).Added(2), "though the job before it ended at");

    private ScheduleHistoryTests Added(double due, double? at = null, double? ends = null, string? job = null)
    {
        string id = job ?? $"@s:{due}";
        this.ends[id] = new(JobState.Completed, null) { FinishedAt = Noon.AddSeconds(ends ?? (at ?? due)) };
        return Is(OccurrenceOutcome.Added, due, at, id);
    }

    private ScheduleHistoryTests Missed(double due, double at) => Is(OccurrenceOutcome.Missed, due, at, null);

    private ScheduleHistoryTests Overlapped(double due) => Is(OccurrenceOutcome.Overlapped, due, due, null);

    private ScheduleHistoryTests Is(OccurrenceOutcome outcome, double due, double? at, string? job)
    {
        occurrences.Add(new(Noon.AddSeconds(due), Noon.AddSeconds(at ?? due), outcome, job));
        return this;
    }

    private ScheduleHistoryTests With(Func<ScheduleFacts, ScheduleFacts> change)
    {
        schedule = change(schedule);
        return this;
    }

    private IReadOnlyList<string> Check() =>
        ScheduleChecker.Check([schedule with { Occurrences = occurrences, Runs = occurrences.Count(occurrence => occurrence.Outcome == OccurrenceOutcome.Added) }], ends);

    private static void Accept(ScheduleHistoryTests history) => Assert.Empty(history.Check());

    private static void Reject(ScheduleHistoryTests history, string reason) =>
        Assert.Contains(history.Check(), violation => violation.Contains(reason, StringComparison.Ordinal));
}
