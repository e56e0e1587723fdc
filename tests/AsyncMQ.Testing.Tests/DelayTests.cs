namespace AsyncMQ.Testing.Tests;

/// <summary>Delays, run times, priorities, times-to-live and windows, to the tick.</summary>
public sealed class DelayTests
{
    private readonly Diary ran = new();

    [Fact]
    public async Task A_delayed_job_runs_at_its_time_and_not_before()
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq.AddHandler("work", ran.Handle));
        JobHandle job = await host.Client.AddAsync("work", ["a"], new() { Delay = 5.Minutes() });

        await host.AdvanceAsync(5.Minutes() - TimeSpan.FromTicks(1));
        Assert.Equal(JobState.Delayed, await host.StateOf(job));

        await host.AdvanceAsync(1.Hours());
        Assert.Equal([5.Minutes()], ran.When);
        Assert.Equal(JobState.Completed, await host.StateOf(job));
        Assert.Equal(Kit.Start + 5.Minutes(), (await host.GetJobAsync(job.Ref))!.FinishedAt);
    }

    [Fact]
    public async Task Jobs_of_one_advance_run_in_the_order_and_at_the_times_they_come_due()
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq.AddHandler("work", ran.Handle));
        IJobQueue other = host.Client.GetQueue("other");
        await host.Client.AddAsync("work", ["third"], new() { Delay = 3.Days() });
        await host.Client.AddAsync("work", ["first"], new() { RunAt = Kit.Start + 17.Milliseconds() });
        await other.AddAsync("work", ["second"], new() { Delay = 1.Hours() });

        await host.AdvanceAsync(3.Days());

        Assert.Equal(["first", "second", "third"], ran.What);
        Assert.Equal([17.Milliseconds(), 1.Hours(), 3.Days()], ran.When);
        Assert.Equal(3.Days(), host.Elapsed());
    }

    [Fact]
    public async Task A_job_whose_run_time_is_past_runs_at_once()
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq.AddHandler("work", ran.Handle));
        await host.Client.AddAsync("work", null, new() { RunAt = Kit.Start - 1.Hours() });

        await host.RunUntilIdleAsync();

        Assert.Equal([TimeSpan.Zero], ran.When);
    }

    [Fact]
    public async Task Waiting_jobs_run_by_priority_and_then_in_the_order_they_were_added()
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq.AddHandler("work", ran.Handle));
        for (int i = 0; i < 40; i++)
            await host.Client.AddAsync("work", [$"{9 - (i % 3)}-{i:00}"], new() { Priority = 9 - (i % 3) });

        await host.RunUntilIdleAsync();

        Assert.Equal(ran.What.Order(StringComparer.Ordinal), ran.What);
        Assert.Equal(40, ran.Count);
    }

    [Fact]
    public async Task Jobs_that_come_due_together_run_by_priority()
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq.AddHandler("work", ran.Handle));
        foreach (int priority in new[] { 7, 1, 5, 3 })
            await host.Client.AddAsync("work", [$"{priority}"], new() { Priority = priority, Delay = 1.Minutes() });

        await host.AdvanceAsync(1.Minutes());

        Assert.Equal(["1", "3", "5", "7"], ran.What);
    }

    [Fact]
    public async Task A_job_expires_at_the_end_of_its_time_to_live()
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq.AddHandler("work", ran.Handle));
        await host.Client.GetQueue("default").PauseAsync();
        JobHandle job = await host.Client.AddAsync("work", null, new() { TimeToLive = 90.Seconds() });

        await host.AdvanceAsync(90.Seconds() - TimeSpan.FromTicks(1));
        Assert.Equal(JobState.Waiting, await host.StateOf(job));

        await host.AdvanceAsync(1.Hours());
        JobInfo expired = (await host.GetJobAsync(job.Ref))!;
        Assert.Equal(JobState.Expired, expired.State);
        Assert.Equal(Kit.Start + 90.Seconds(), expired.FinishedAt);
        Assert.Equal(0, ran.Count);
    }

    [Fact]
    public async Task A_retry_that_would_come_after_the_time_to_live_expires()
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq.AddHandler("work", ran.Fail));
        JobHandle job = await host.Client.AddAsync("work", null, new() { TimeToLive = 30.Seconds(), Retries = 5, Backoff = Backoff.Fixed(20.Seconds()) });

        await host.AdvanceAsync(5.Minutes());

        Assert.Equal([TimeSpan.Zero, 20.Seconds()], ran.When);
        Assert.Equal(Kit.Start + 30.Seconds(), (await host.GetJobAsync(job.Ref))!.FinishedAt);
        Assert.Equal(JobState.Expired, await host.StateOf(job));
    }

    [Fact]
    public async Task A_throttle_window_counts_from_the_add()
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq.AddHandler("work", ran.Handle));
        JobOptions throttled = new() { Deduplication = Deduplication.Throttle("sync", 1.Hours()) };

        Assert.Equal(AddOutcome.Created, (await host.Client.AddAsync("work", null, throttled)).Outcome);
        await host.AdvanceAsync(1.Hours() - TimeSpan.FromTicks(1));
        Assert.Equal(AddOutcome.Deduplicated, (await host.Client.AddAsync("work", null, throttled)).Outcome);
        await host.AdvanceAsync(TimeSpan.FromTicks(1));
        Assert.Equal(AddOutcome.Created, (await host.Client.AddAsync("work", null, throttled)).Outcome);

        await host.RunUntilIdleAsync();
        Assert.Equal([TimeSpan.Zero, 1.Hours()], ran.When);
        Assert.Equal(2, host.Added.Count);
    }

    [Fact]
    public async Task A_debounced_job_runs_once_after_the_last_of_a_burst()
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq.AddHandler("work", ran.Handle));
        for (int i = 1; i <= 4; i++)
        {
            await host.Client.AddAsync("work", [i], new() { Delay = 10.Seconds(), Deduplication = Deduplication.Debounce("typing", 10.Seconds()) });
            await host.AdvanceAsync(4.Seconds());
        }

        await host.AdvanceAsync(1.Minutes());

        Assert.Equal(["4"], ran.What);
        Assert.Equal([22.Seconds()], ran.When);
    }

    [Fact]
    public async Task A_pause_ends_at_its_time()
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq.AddHandler("work", ran.Handle));
        await host.Client.GetQueue("default").PauseAsync(new() { For = 10.Minutes() });
        await host.Client.AddAsync("work", null, new() { Delay = 1.Minutes() });

        await host.AdvanceAsync(1.Days());

        Assert.Equal([10.Minutes()], ran.When);
    }

    [Fact]
    public async Task Ended_jobs_are_kept_for_their_age()
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq
            .AddHandler("work", ran.Handle)
            .AddHandler("bad", ran.Fail)
            .AddQueue("short", queue => queue.Retention = new() { Age = 1.Hours(), FailedAge = 2.Hours() }));
        IJobQueue brief = host.Client.GetQueue("short");
        JobHandle kept = await host.Client.AddAsync("work"), dead = await host.Client.AddAsync("bad"), done = await brief.AddAsync("work"), failed = await brief.AddAsync("bad");

        await host.AdvanceAsync(1.Hours());
        Assert.NotNull(await host.GetJobAsync(done.Ref));
        await host.AdvanceAsync(TimeSpan.FromTicks(1));
        Assert.Null(await host.GetJobAsync(done.Ref));
        Assert.NotNull(await host.GetJobAsync(failed.Ref));
        await host.AdvanceAsync(1.Hours());
        Assert.Null(await host.GetJobAsync(failed.Ref));

        await host.AdvanceAsync(22.Hours());
        Assert.Null(await host.GetJobAsync(kept.Ref));
        Assert.NotNull(await host.GetJobAsync(dead.Ref));
        await host.AdvanceAsync(13.Days());
        Assert.Null(await host.GetJobAsync(dead.Ref));
    }
}
