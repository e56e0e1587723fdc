namespace AsyncMQ.Conformance.Scheduling;

/// <summary>Creating repeatables and changing them, through the public API. An update keeps what is not said anew. Source: .</summary>
public abstract class RepeatableTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    private static readonly JobSpec Work = JobSpec.Of("work");

    [Fact]
    public async Task An_interval_runs_for_the_first_time_when_it_is_over()
    {
        await using AsyncMQHost mq = Store.Host();

        DateTimeOffset? next = await mq.Queue().UpsertRepeatableAsync("r", Schedule.Every(1.Hours()), Work);

        RepeatableInfo info = await mq.Repeatable("r");
        Assert.Equal(next, info.Next);
        Assert.InRange(next!.Value, info.CreatedAt + 1.Hours() - Patience, info.CreatedAt + 1.Hours());
        Assert.Equal((DefaultQueue, "r", "work", null), (info.Queue, info.Id, info.JobName, info.Error));
        Assert.Equal(Schedule.Every(1.Hours()), info.Schedule);
        Assert.Equal((0, false, null, null), (info.Runs, info.IsPaused, info.LastFiredAt, info.LastJobId));
    }

    [Fact]
    public async Task Run_at_once_is_due_when_it_is_created()
    {
        await using AsyncMQHost mq = Store.Host();

        DateTimeOffset? next = await mq.Queue().UpsertRepeatableAsync("r", Schedule.Every(1.Hours()) with { RunAtOnce = true }, Work);

        Assert.InRange(next!.Value, await Store.Now() - Patience, await Store.Now());
        Assert.Equal([next.Value, next.Value + 1.Hours()], (await mq.Repeatable("r")).GetOccurrences(2));
    }

    [Fact]
    public async Task A_start_is_what_an_interval_is_counted_from()
    {
        await using AsyncMQHost mq = Store.Host();
        DateTimeOffset start = await Store.From(10.Days());

        Assert.Equal(start + 1.Hours(), await mq.Queue().UpsertRepeatableAsync("r", Schedule.Every(1.Hours()) with { Start = start }, Work));
        Assert.Equal(start, await mq.Queue().UpsertRepeatableAsync("at-once", Schedule.Every(1.Hours()) with { Start = start, RunAtOnce = true }, Work));
    }

    [Fact]
    public async Task A_cron_expression_runs_at_the_wall_clock_times_of_its_zone()
    {
        await using AsyncMQHost mq = Store.Host();
        Schedule nightly = Schedule.Cron("30 3 * * *", "Europe/Berlin");

        DateTimeOffset? next = await mq.Queue().UpsertRepeatableAsync("r", nightly, Work);

        RepeatableInfo info = await mq.Repeatable("r");
        Assert.Equal(nightly.GetOccurrences(info.CreatedAt, 1)[0], next);
        Assert.Equal(nightly, info.Schedule);
        Assert.All(info.GetOccurrences(400), time => Assert.Equal(new TimeSpan(3, 30, 0), time.TimeOfDay));
    }

    [Fact]
    public async Task One_that_is_as_it_should_be_is_not_written()
    {
        var calls = new ScheduleCalls(Store.Store);
        await using AsyncMQHost mq = Store.Host(calls);
        JobSpec job = JobSpec.Of("work", [1, "two"], new() { Priority = 3, Headers = new Dictionary<string, string> { ["a"] = "b" } });
        Schedule schedule = Schedule.Cron("*/5 * * * *", "Europe/Berlin") with { Jitter = 1.Seconds(), Missed = MissedRuns.RunAll(3), MaxRuns = 9 };
        DateTimeOffset? next = await mq.Queue().UpsertRepeatableAsync("r", schedule, job);
        ScheduleRecord stored = await Store.GetSchedule("r");
        await Store.Advance(1.Hours());

        Assert.Equal(next, await mq.Queue().UpsertRepeatableAsync("r", schedule, job));
        Assert.Equal(next, await mq.Queue().UpsertRepeatableAsync("r", schedule, job, paused: false));

        Assert.Equal(1, calls.Upserts);
        Assert.Equivalent(stored, await Store.GetSchedule("r"));
    }

    [Fact]
    public async Task A_changed_interval_keeps_its_anchor_its_runs_and_its_history()
    {
        await using AsyncMQHost mq = Store.Host();
        DateTimeOffset first = (await mq.Queue().UpsertRepeatableAsync("r", Schedule.Every(1.Hours()), Work))!.Value;
        DateTimeOffset anchor = first - 1.Hours();
        await Store.Tick((await Store.GetSchedule("r")).Fire(Job("@r@1")) with { Next = first + 1.Hours() });
        await Store.Advance(100.Minutes());

        DateTimeOffset? next = await mq.Queue().UpsertRepeatableAsync("r", Schedule.Every(7.Minutes()), Work);

        Assert.Equal(anchor + (15 * 7).Minutes(), next);
        RepeatableInfo info = await mq.Repeatable("r");
        Assert.Equal((1, "@r@1"), (info.Runs, info.LastJobId));
        Assert.Equal((first, OccurrenceOutcome.Added), Assert.Single(await mq.Queue().GetRepeatableHistoryAsync("r")) is var run ? (run.DueAt, run.Outcome) : default);

        await Store.Advance(1.Minutes());
        Assert.Equal(anchor + 2.Hours(), await mq.Queue().UpsertRepeatableAsync("r", Schedule.Every(1.Hours()), Work));
    }

    [Fact]
    public async Task Another_job_or_another_policy_moves_no_time()
    {
        await using AsyncMQHost mq = Store.Host();
        DateTimeOffset? next = await mq.Queue().UpsertRepeatableAsync("r", Schedule.Every(1.Hours()), Work);
        await Store.Advance(90.Minutes());

        Schedule stricter = Schedule.Every(1.Hours()) with { Overlap = OverlapPolicy.Skip, Missed = MissedRuns.Skip, Jitter = 5.Seconds(), MaxRuns = 10 };
        Assert.Equal(next, await mq.Queue().UpsertRepeatableAsync("r", stricter, JobSpec.Of("other", [1])));

        RepeatableInfo info = await mq.Repeatable("r");
        Assert.Equal((next, "other", "[1]"), (info.Next, info.JobName, info.Args.Text()));
        Assert.Equal(stricter, info.Schedule);
        Assert.Equal(["r"], await Store.DueIds());
    }

    [Fact]
    public async Task A_paused_one_stays_so_unless_told_otherwise()
    {
        await using AsyncMQHost mq = Store.Host();
        await mq.Queue().UpsertRepeatableAsync("r", Schedule.Every(1.Hours()), Work, paused: true);
        Assert.True((await mq.Repeatable("r")).IsPaused);
        await Store.Advance(150.Minutes());

        await mq.Queue().UpsertRepeatableAsync("r", Schedule.Every(1.Hours()), JobSpec.Of("other"));
        Assert.True((await mq.Repeatable("r")).IsPaused);
        Assert.Empty(await Store.DueIds());

        DateTimeOffset? next = await mq.Queue().UpsertRepeatableAsync("r", Schedule.Every(1.Hours()), JobSpec.Of("other"), paused: false);
        Assert.False((await mq.Repeatable("r")).IsPaused);
        Assert.InRange(next!.Value, await Store.Now(), await Store.From(1.Hours()));

        await mq.Queue().UpsertRepeatableAsync("r", Schedule.Every(1.Hours()), JobSpec.Of("other"), paused: true);
        Assert.True((await mq.Repeatable("r")).IsPaused);
    }

    [Fact]
    public async Task The_most_runs_may_be_raised_and_lowered_under_what_has_run()
    {
        await using AsyncMQHost mq = Store.Host();
        DateTimeOffset first = (await mq.Queue().UpsertRepeatableAsync("r", Schedule.Every(1.Hours()), Work))!.Value;
        await Store.Tick((await Store.GetSchedule("r")).Fire(Job("@r@1")) with { Next = first + 1.Hours() });

        Assert.Null(await mq.Queue().UpsertRepeatableAsync("r", Schedule.Every(1.Hours()) with { MaxRuns = 1 }, Work));
        Assert.Empty((await mq.Repeatable("r")).GetOccurrences(3));

        Assert.NotNull(await mq.Queue().UpsertRepeatableAsync("r", Schedule.Every(1.Hours()) with { MaxRuns = 3 }, Work));
        Assert.Equal(2, (await mq.Repeatable("r")).GetOccurrences(10).Count);
    }

    [Fact]
    public async Task Without_an_id_it_is_called_as_its_job()
    {
        await using AsyncMQHost mq = Store.Host();

        await mq.Queue().UpsertRepeatableAsync(Schedule.Every(1.Hours()), JobSpec.Of("nightly"));
        await mq.Queue().UpsertRepeatableAsync(Schedule.Every(2.Hours()), JobSpec.Of("nightly"));

        Assert.Equal("nightly", Assert.Single(await mq.Queue().GetRepeatablesAsync()).Id);
    }

    [Fact]
    public async Task One_that_would_never_run_is_refused_and_nothing_is_written()
    {
        var calls = new ScheduleCalls(Store.Store);
        await using AsyncMQHost mq = Store.Host(calls);
        Schedule over = Schedule.Every(1.Hours()) with { End = await Store.From(-1.Days()) };

        ArgumentException refusal = await Assert.ThrowsAsync<ArgumentException>(() => mq.Queue().UpsertRepeatableAsync("r", over, Work));

        Assert.Contains("would never run", refusal.Message, StringComparison.Ordinal);
        Assert.Equal((0, 0), (calls.Upserts, (await Store.Schedules()).Length));
    }

    [Fact]
    public async Task One_changed_between_look_and_step_is_looked_at_again()
    {
        var calls = new ScheduleCalls(Store.Store);
        await using AsyncMQHost mq = Store.Host(calls);
        await using AsyncMQHost other = Store.Host();
        calls.BeforeUpsert = number => number == 1 ? other.Queue().UpsertRepeatableAsync("r", Schedule.Every(2.Hours()), Work, paused: true) : Task.CompletedTask;

        await mq.Queue().UpsertRepeatableAsync("r", Schedule.Every(3.Hours()), Work);

        Assert.Equal(2, calls.Upserts);
        RepeatableInfo info = Assert.Single(await mq.Queue().GetRepeatablesAsync());
        Assert.Equal((3.Hours(), true), (info.Schedule!.Interval, info.IsPaused));
    }

    [Fact]
    public async Task Of_many_upserts_of_one_id_at_once_one_repeatable_is_left()
    {
        await using AsyncMQHost mq = Store.Host();
        await using AsyncMQHost other = Store.Host();

        await AtOnce(8, i => (i % 2 == 0 ? mq : other).Queue().UpsertRepeatableAsync("r", Schedule.Every((i + 1).Hours()), Work));

        RepeatableInfo info = Assert.Single(await mq.Queue().GetRepeatablesAsync());
        Assert.InRange(info.Schedule!.Interval!.Value, 1.Hours(), 8.Hours());
        Assert.Equal(info.Next, info.GetOccurrences(1)[0]);
    }

    [Fact]
    public async Task It_is_still_there_when_the_store_is_opened_again()
    {
        JobSpec job = JobSpec.Of("work", [1, "two"], new() { Priority = 7, Retries = 2, TimeToLive = 1.Hours(), Tags = ["t"] });
        Schedule schedule = Schedule.Cron("0 12 * * MON", "America/New_York") with { Overlap = OverlapPolicy.Skip, MaxRuns = 5 };
        RepeatableInfo before;
        await using (AsyncMQHost mq = Store.Host())
        {
            await mq.Queue().UpsertRepeatableAsync("r", schedule, job, paused: true);
            before = await mq.Repeatable("r");
        }

        await Reopen();

        await using AsyncMQHost again = Store.Host();
        RepeatableInfo after = await again.Repeatable("r");
        Assert.Equal((before.Schedule, before.Next, before.CreatedAt, true), (after.Schedule, after.Next, after.CreatedAt, after.IsPaused));
        Assert.Equal(("work", "[1,\"two\"]"), (after.JobName, after.Args.Text()));
        Assert.Equal((7, 2, 1.Hours(), "t"), (after.Options.Priority, after.Options.Retries, after.Options.TimeToLive, Assert.Single(after.Options.Tags!)));
    }
}
