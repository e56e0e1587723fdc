using AsyncMQ.Conformance.Working;
using AsyncMQ.Jobs;
using AsyncMQ.Seams;
using AsyncMQ.Workers;

namespace AsyncMQ.Tests.Workers;

/// <summary>What the scheduling loop makes of the schedules that are due.</summary>
public sealed class TickPlanTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Schedule Hourly = Schedule.Every(TimeSpan.FromHours(1));
    private readonly LogLines log = new();

    public void Dispose() => log.Dispose();

    [Fact]
    public void A_tick_says_which_occurrence_which_job_and_what_comes_next()
    {
        ScheduleRecord due = Record("a", Hourly with { MaxRuns = 9, Overlap = OverlapPolicy.Skip, Missed = MissedRuns.RunAll(2) }, payload: 3);

        ScheduleTick tick = Assert.Single(Assert.Single(Plan().Of(Due(3.5, due))));

        Assert.Equal(("default", "a", due.Revision), (tick.Queue, tick.Id, tick.Expected));
        Assert.Equal((9, true), (tick.MaxRuns, tick.SkipWhileUnended));
        Assert.Equal([Noon.AddHours(1), Noon.AddHours(2), Noon.AddHours(3)], tick.Occurrences.Select(occurrence => occurrence.DueAt));
        Assert.Equal([null, "@a@20260501T140000.000Z", "@a@20260501T150000.000Z"], tick.Occurrences.Select(occurrence => occurrence.Job?.Ref.Id));
        Assert.Equal(Noon.AddHours(4), tick.Next);
        Assert.All(tick.Occurrences.Skip(1), occurrence => Assert.Equal(("work", 3, TimeSpan.Zero), (occurrence.Job!.Name, occurrence.Job.Payload.Length, occurrence.Job.Delay)));
        Assert.Equal(2, tick.Occurrences.Skip(1).Select(occurrence => occurrence.Job!.Stamp).Distinct().Count());
    }

    [Fact]
    public void Jitter_delays_the_jobs_and_leaves_their_ids()
    {
        ScheduleRecord due = Record("a", Hourly with { Jitter = TimeSpan.FromMinutes(8) });

        NewJob job = Assert.Single(Assert.Single(Assert.Single(Plan(chance: 0.25).Of(Due(1, due)))).Occurrences).Job!;

        Assert.Equal((TimeSpan.FromMinutes(2), "@a@20260501T130000.000Z"), (job.Delay, job.Ref.Id));
    }

    [Fact]
    public void A_step_has_at_most_a_hundred_schedules()
    {
        IReadOnlyList<IReadOnlyList<ScheduleTick>> steps = Plan().Of(Due(1, [.. Enumerable.Range(0, 250).Select(i => Record($"{i:000}", Hourly))]));

        Assert.Equal([100, 100, 50], steps.Select(step => step.Count));
        Assert.Equal(Enumerable.Range(0, 250).Select(i => $"{i:000}"), steps.SelectMany(step => step).Select(tick => tick.Id));
    }

    [Fact]
    public void A_step_has_at_most_a_thousand_jobs()
    {
        ScheduleRecord[] due = [.. Enumerable.Range(0, 5).Select(i => Record($"{i}", Hourly with { Missed = MissedRuns.RunAll(400) }))];

        IReadOnlyList<IReadOnlyList<ScheduleTick>> steps = Plan().Of(Due(1_000, due));

        Assert.Equal([2, 2, 1], steps.Select(step => step.Count));
    }

    [Fact]
    public void A_step_has_at_most_sixteen_mebibytes_and_what_is_more_comes_next()
    {
        ScheduleRecord due = Record("a", Hourly with { Missed = MissedRuns.RunAll(100) }, payload: 1 << 20);

        ScheduleTick tick = Assert.Single(Assert.Single(Plan().Of(Due(40, due))));

        Assert.Equal((16, Noon.AddHours(17)), (tick.Occurrences.Count, tick.Next));
    }

    [Fact]
    public void One_that_cannot_be_read_is_told_once_and_passed_over()
    {
        ScheduleRecord damaged = Record("damaged", Hourly) with { Definition = "{\"v\":9}"u8.ToArray() };
        TickPlan plan = Plan();

        for (int i = 0; i < 3; i++)
            Assert.Equal("good", Assert.Single(Assert.Single(plan.Of(Due(1, damaged, Record("good", Hourly))))).Id);
        Assert.Contains("Repeatable damaged of queue default cannot be used by this process, which passes it over: its definition has format 9", Assert.Single(log.Of(40)), StringComparison.Ordinal);

        plan.Of(Due(1, damaged with { Revision = 2 }));
        Assert.Equal(2, log.Count(40));
    }

    [Fact]
    public void One_that_was_mended_is_told_again_when_it_breaks_again()
    {
        ScheduleRecord damaged = Record("damaged", Hourly) with { Definition = default };
        TickPlan plan = Plan();

        plan.Of(Due(1, damaged));
        plan.Of(Due(1));
        plan.Of(Due(1, damaged));

        Assert.Equal(2, log.Count(40));
    }

    private TickPlan Plan(double chance = 0) => new(new Chance(chance), new(log, TimeProvider.System));

    private static DueSchedules Due(double hours, params ScheduleRecord[] schedules) => new(schedules, null, Noon.AddHours(hours));

    private static ScheduleRecord Record(string id, Schedule schedule, int payload = 0) => new()
    {
        Queue = "default",
        Id = id,
        Revision = 1,
        Definition = new RepeatableDefinition(schedule, new() { Name = "work", Payload = new byte[payload] }, Noon).Pack(),
        Next = Noon.AddHours(1),
        CreatedAt = Noon,
    };

    private sealed class Chance(double value) : IRandomSource
    {
        private long last;

        public long NextInt64() => ++last;

        public double NextDouble() => value;
    }
}
