namespace AsyncMQ.Conformance.Working;

/// <summary>Which queue a worker serves, and what wakes it.</summary>
public abstract class ServingTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task Two_full_queues_with_weights_3_and_1_are_served_3_to_1()
    {
        var ran = new Ledger();
        await using AsyncMQHost mq = Store.Host(mq => mq
            .AddHandler("work", ran.Note)
            .AddWorker(worker => worker.Queue("big", weight: 3).Queue("small").Concurrency = 1));
        await mq.AddMany(300, queue: "big", prefix: "big");
        await mq.AddMany(300, queue: "small", prefix: "small");

        await mq.StartAsync();
        await Hosts.Until(() => ran.Count >= 400);

        string[] started = ran.Started[..400];
        for (int end = 4; end <= 400; end += 4)
            Assert.InRange(started[..end].Count(id => id.StartsWith("big", StringComparison.Ordinal)), (end * 3 / 4) - 6, (end * 3 / 4) + 6);
        Assert.InRange(started.Count(id => id.StartsWith("big", StringComparison.Ordinal)), 295, 300);
        await Store.Until(300, JobState.Completed, "big");
        await Store.Until(300, JobState.Completed, "small");
    }

    [Fact]
    public async Task An_empty_queue_leaves_its_share_to_the_others()
    {
        var ran = new Ledger();
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddHandler("work", ran.Note)
            .AddWorker(worker => worker.Queue("big", weight: 1_000).Queue("small").Concurrency = 2));

        await mq.AddMany(100, queue: "small");

        await Store.Until(100, JobState.Completed, "small");
    }

    [Fact]
    public async Task One_worker_serves_200_queues()
    {
        var ran = new Ledger();
        string[] queues = [.. Enumerable.Range(0, 200).Select(i => $"queue-{i}")];
        await using AsyncMQHost mq = await Store.Start(mq => mq.AddHandler("work", ran.Note).AddWorker(worker =>
        {
            worker.PollInterval = TimeSpan.FromHours(1);
            foreach (string queue in queues)
                worker.Queue(queue);
        }));

        foreach (string queue in queues)
            await mq.Queue(queue).AddAsync("work", null, new() { JobId = $"in-{queue}" });
        await Hosts.Until(() => ran.Count == 200);

        Assert.Empty(ran.Repeated);
        foreach (string queue in queues)
            await Store.Until(1, JobState.Completed, queue);
    }

    [Fact]
    public async Task Of_200_full_queues_none_waits_until_the_others_are_empty()
    {
        var ran = new Ledger();
        string[] queues = [.. Enumerable.Range(0, 200).Select(i => $"queue-{i:000}")];
        await using AsyncMQHost mq = Store.Host(mq => mq.AddHandler("work", ran.Note).AddWorker(worker =>
        {
            worker.Concurrency = 4;
            foreach (string queue in queues)
                worker.Queue(queue);
        }));
        foreach (string queue in queues)
            await mq.AddMany(40, queue: queue, prefix: queue);

        await mq.StartAsync();
        await Hosts.Until(() => ran.Count == 8_000);

        // Had the first 64 been drained before the rest was looked at, the last queue's first job would be the 2 561st at best.
        Assert.Equal(200, ran.Started[..2_500].Select(id => id[..9]).Distinct().Count());
        foreach (string queue in queues)
            await Store.Until(40, JobState.Completed, queue);
    }

    [Fact]
    public async Task Work_that_waits_in_200_queues_before_the_start_is_found()
    {
        var ran = new Ledger();
        await using AsyncMQHost mq = Store.Host(mq => mq.AddHandler("work", ran.Note).AddWorker(worker =>
        {
            worker.PollInterval = TimeSpan.FromHours(1);
            for (int i = 0; i < 200; i++)
                worker.Queue($"queue-{i}");
        }));
        for (int i = 0; i < 200; i++)
            await mq.Queue($"queue-{i}").AddAsync("work");

        await mq.StartAsync();

        await Hosts.Until(() => ran.Count == 200);
    }

    [Fact]
    public async Task An_idle_worker_is_woken_by_an_add_without_polling()
    {
        await using AsyncMQHost mq = await Store.Start(mq => mq.AddHandler("work", (_, _) => Task.CompletedTask).AddSleepyWorker());
        await (await mq.Client.AddAsync("work")).Ends();

        for (int i = 0; i < 50; i++)
            await (await mq.Client.AddAsync("work")).Ends();
    }

    [Fact]
    public async Task A_worker_that_went_idle_while_jobs_ran_is_woken_again()
    {
        var ran = new Ledger();
        await using AsyncMQHost mq = await Store.Start(mq => mq.AddHandler("work", ran.Note).AddSleepyWorker(concurrency: 2));

        for (int round = 1; round <= 100; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => mq.Client.AddAsync("work")));
            await Hosts.Until(() => ran.Count == round * 5);
        }
    }

    [Fact]
    public async Task A_delayed_job_runs_when_the_stores_clock_reaches_it()
    {
        var ran = new Ledger();
        await using AsyncMQHost mq = await Store.Start(mq => mq.AddHandler("work", ran.Note).AddSleepyWorker());
        JobHandle later = await mq.Client.AddAsync("work", null, new() { Delay = 1.Hours() });
        await (await mq.Client.AddAsync("work")).Ends();
        Assert.Equal(JobState.Delayed, await Store.StateOf(later.Id));

        await Store.Advance(2.Hours());
        await later.Ends();

        Assert.Equal(2, ran.Count);
    }

    [Fact]
    public async Task A_short_delay_needs_no_poll()
    {
        await using AsyncMQHost mq = await Store.Start(mq => mq.AddHandler("work", (_, _) => Task.CompletedTask).AddSleepyWorker());

        JobHandle job = await mq.Client.AddAsync("work", null, new() { Delay = 300.Milliseconds() });
        await job.Ends();

        JobRecord record = await Store.Get(job.Id);
        Assert.True(record.StartedAt >= record.AddedAt + 300.Milliseconds());
    }

    [Fact]
    public async Task A_resumed_queue_is_served_at_once()
    {
        var ran = new Ledger();
        await using AsyncMQHost mq = await Store.Start(mq => mq.AddHandler("work", ran.Note).AddSleepyWorker());
        await Store.Pause();
        JobHandle held = await mq.Client.AddAsync("work");
        Assert.Equal(JobState.Waiting, await Store.StateOf(held.Id));

        await Store.Resume();

        await held.Ends();
    }

    [Fact]
    public async Task A_job_nobody_has_a_handler_for_waits_for_a_worker_that_has_one()
    {
        var lines = new LogLines();
        await using AsyncMQHost ignorant = await Store.Start(mq => mq.LogTo(lines).AddHandler("work", (_, _) => Task.CompletedTask).AddSleepyWorker());
        JobHandle strange = await ignorant.Client.AddAsync("strange");
        await Clients.Until(async () => (await Store.Get(strange.Id)).IsParked);
        Assert.Equal(0, (await Store.Get(strange.Id)).Attempt);
        Assert.Contains("strange", Assert.Single(lines.Of(32)), StringComparison.Ordinal);
        await (await ignorant.Client.AddAsync("work")).Ends();

        var ran = new Ledger();
        await using AsyncMQHost knowing = await Store.Start(mq => mq.AddHandler("strange", ran.Note).AddSleepyWorker());
        await strange.Ends();

        Assert.Equal([strange.Id], ran.Started);
    }
}
