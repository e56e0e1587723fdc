using AsyncMQ.Conformance.Working;

namespace AsyncMQ.Conformance.Scheduling;

/// <summary>Repeatables that a host is configured with, and those of one process only. Source: .</summary>
public abstract class RepeatableSetupTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    private static readonly JobSpec Work = JobSpec.Of("work");

    [Fact]
    public async Task The_start_creates_it_and_a_second_start_disturbs_nothing()
    {
        var ran = new Ledger();
        Schedule schedule = Schedule.Every(1.Hours()) with { RunAtOnce = true };
        await using (AsyncMQHost mq = await Store.Start(mq => mq.AddHandler("work", ran.Note).AddSleepyWorker().AddRepeatable("r", schedule, Work)))
            await Store.Until(1, JobState.Completed);
        ScheduleRecord stored = await Store.GetSchedule("r");
        Assert.Equal(1, stored.Runs);
        await Store.Advance(10.Minutes());

        var calls = new ScheduleCalls(Store.Store);
        await using AsyncMQHost again = await Store.Start(calls, mq => mq.AddHandler("work", ran.Note).AddSleepyWorker().AddRepeatable("r", schedule, Work));
        await Hosts.Until(() => calls.Looks > 0);

        Assert.Equal((0, 0), (calls.Upserts, calls.Ticks));
        Assert.Equivalent(stored, await Store.GetSchedule("r"));
    }

    [Fact]
    public async Task A_start_that_says_something_else_changes_it()
    {
        await using (AsyncMQHost mq = await Start(Schedule.Every(1.Hours())))
        {
        }

        await using AsyncMQHost again = await Start(Schedule.Every(2.Hours()));

        RepeatableInfo info = Assert.Single(await again.Queue().GetRepeatablesAsync());
        Assert.Equal(2.Hours(), info.Schedule!.Interval);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_paused_one_stays_paused(int hours)
    {
        await using (AsyncMQHost mq = await Start(Schedule.Every(1.Hours())))
            Assert.True(await mq.Queue().PauseRepeatableAsync("r"));

        await using AsyncMQHost again = await Start(Schedule.Every(hours.Hours()));

        RepeatableInfo info = await again.Repeatable("r");
        Assert.Equal((true, hours.Hours()), (info.IsPaused, info.Schedule!.Interval!.Value));
    }

    [Fact]
    public async Task One_that_would_never_run_fails_the_start_and_leaves_the_others()
    {
        Schedule over = Schedule.Every(1.Hours()) with { End = await Store.From(-1.Days()) };
        await using AsyncMQHost mq = Store.Host(mq => mq
            .AddHandler("work", (_, _) => Task.CompletedTask)
            .AddSleepyWorker()
            .AddRepeatable("over", over, Work)
            .AddRepeatable("fine", Schedule.Every(1.Hours()), Work));

        InvalidOperationException refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => mq.StartAsync());

        Assert.Contains("'over'", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("would never run", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(["fine"], await Store.Schedules());
    }

    [Fact]
    public async Task A_local_one_runs_where_its_queue_is_worked_until_it_is_disposed()
    {
        var ran = new Ledger();
        var never = new Ledger();
        await using AsyncMQHost here = await Store.Start(mq => mq.AddHandler("work", ran.Note).AddHandler("marker", ran.Note).AddSleepyWorker());
        await using AsyncMQHost elsewhere = await Store.Start(mq => mq.AddHandler("never", never.Note).AddSleepyWorker("elsewhere"));
        using IDisposable unheard = elsewhere.Queue().AddLocalRepeatable("r", Schedule.Every(10.Milliseconds()), JobSpec.Of("never"));
        IDisposable local = here.Queue().AddLocalRepeatable("r", Schedule.Every(10.Milliseconds()), Work);
        Assert.Throws<ArgumentException>(() => here.Queue().AddLocalRepeatable("r", Schedule.Every(1.Hours()), Work));
        await Hosts.Until(() => ran.Count >= 5);

        local.Dispose();
        using IDisposable marker = here.Queue().AddLocalRepeatable("marker", Schedule.Every(10.Milliseconds()), JobSpec.Of("marker"));
        await Clients.Until(async () => await CountOf(here, "marker") >= 3);
        int left = await CountOf(here, "work");
        await Clients.Until(async () => await CountOf(here, "marker") >= 10);

        Assert.Equal((left, 0), (await CountOf(here, "work"), await CountOf(here, "never")));
        Assert.Empty(await Store.Schedules());
        here.Queue().AddLocalRepeatable("r", Schedule.Every(1.Hours()), Work).Dispose();
    }

    [Fact]
    public async Task A_local_one_of_the_builder_keeps_to_its_most_runs()
    {
        var ran = new Ledger();
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddHandler("work", ran.Note)
            .AddHandler("marker", ran.Note)
            .AddSleepyWorker()
            .AddLocalRepeatable("r", Schedule.Every(5.Milliseconds()) with { MaxRuns = 3, RunAtOnce = true }, Work)
            .AddLocalRepeatable("marker", Schedule.Every(20.Milliseconds()), JobSpec.Of("marker")));

        await Clients.Until(async () => await CountOf(mq, "work") >= 3 && await CountOf(mq, "marker") >= 10);

        Assert.Equal(3, await CountOf(mq, "work"));
        Assert.Empty(await Store.Schedules());
    }

    [Fact]
    public async Task Local_ones_of_one_job_and_one_schedule_each_run()
    {
        var ran = new System.Collections.Concurrent.ConcurrentQueue<int>();
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddHandler("work", (context, _) =>
            {
                ran.Enqueue(context.Args[0].GetInt32());
                return Task.CompletedTask;
            })
            .AddSleepyWorker()
            .AddLocalRepeatable("one", Schedule.Every(10.Milliseconds()) with { MaxRuns = 2 }, JobSpec.Of("work", [1]))
            .AddLocalRepeatable("two", Schedule.Every(10.Milliseconds()) with { MaxRuns = 2 }, JobSpec.Of("work", [2])));

        await Hosts.Until(() => ran.Count == 4);

        Assert.Equal([1, 1, 2, 2], ran.Order());
    }

    private Task<AsyncMQHost> Start(Schedule schedule) =>
        Store.Start(mq => mq.AddHandler("work", (_, _) => Task.CompletedTask).AddSleepyWorker().AddRepeatable("r", schedule, Work));

    private static async Task<int> CountOf(AsyncMQHost mq, string name)
    {
        JobPage all = await mq.Queue().GetJobsAsync(new() { Take = 1_000 });
        return all.Jobs.Count(job => job.Name == name);
    }
}
