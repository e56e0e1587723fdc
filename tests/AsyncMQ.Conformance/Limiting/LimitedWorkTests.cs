using System.Collections.Concurrent;
using AsyncMQ.Conformance.Working;

namespace AsyncMQ.Conformance.Limiting;

/// <summary>Limits and keys as their users meet them: with real workers, which sleep until there is something that they may do.</summary>
public abstract class LimitedWorkTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task Workers_of_two_processes_together_keep_to_a_queue_s_concurrency()
    {
        var ran = new Ledger();
        void Work(AsyncMQBuilder mq) => mq.AddHandler("work", (context, _) => ran.NoteWhile(context, () => Task.Delay(5))).AddSleepyWorker();
        await using AsyncMQHost one = await Store.Start(mq => { Work(mq); mq.AddQueue(DefaultQueue, queue => queue.MaxConcurrency = 3); });
        await using AsyncMQHost other = await Store.Start(Work);

        await one.AddMany(60);

        await Store.Until(60, JobState.Completed);
        Assert.InRange(ran.MostAtOnce, 1, 3);
        Assert.Equal(60, ran.Count);
    }

    [Fact]
    public async Task A_worker_sleeps_until_the_next_permit_and_no_longer()
    {
        var ran = new Ledger();
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddHandler("work", ran.Note).AddSleepyWorker().AddQueue(DefaultQueue, queue => queue.RateLimit = new(3, 100.Milliseconds())));

        await mq.AddMany(12);

        // Nobody else comes by, and the next poll is an hour away.
        await Store.Until(12, JobState.Completed);
        Assert.Equal(12, ran.Count);
    }

    [Fact]
    public async Task A_handler_told_to_come_later_holds_back_its_key_and_loses_no_attempt()
    {
        var started = new ConcurrentQueue<string>();
        bool isLimited = true;
        await using AsyncMQHost mq = await Store.Start(mq => mq.Configure(options => options.Lease = 1.Hours()).AddHandler("call", (context, _) =>
        {
            started.Enqueue($"{context.Id} {context.Attempt}");
            return context.Id == "a1" && isLimited ? throw new RateLimitedException(10.Minutes()) : Task.CompletedTask;
        }).AddSleepyWorker(concurrency: 1));

        await mq.Queue().AddBulkAsync([Call("a1", "a"), Call("a2", "a"), Call("b1", "b")]);
        await Store.Until(new(DefaultQueue, "b1"), JobState.Completed);
        await Clients.Until(async () => (await mq.Queue().GetKeyAsync("a"))?.HeldUntil is not null);
        Assert.Equal(["a1 1", "b1 1"], started);
        isLimited = false;
        await Store.Advance(11.Minutes());

        await Store.Until(3, JobState.Completed);
        Assert.Equal(["a1 1", "b1 1", "a1 1", "a2 1"], started);
        JobInfo job = (await mq.Queue().GetJobAsync("a1"))!;
        Assert.Equal((1, "a", null), (job.Attempt, job.Key, job.Error));
        Assert.Single(job.Attempts);

        static JobSpec Call(string id, string key) => JobSpec.Of("call", null, new() { JobId = id, Key = key });
    }

    [Fact]
    public async Task A_handler_may_hold_back_its_whole_queue()
    {
        await using AsyncMQHost mq = await Store.Start(mq => mq.Configure(options => options.Lease = 1.Hours())
            .AddHandler("call", (context, _) => throw new RateLimitedException(10.Minutes(), RateLimitScope.Queue)).AddSleepyWorker());

        await mq.Queue().AddAsync("call", null, new() { Key = "k" });

        await Clients.Until(async () => (await mq.Queue().GetLimitsAsync()).HeldUntil is not null);
        Assert.Null((await mq.Queue().GetKeyAsync("k"))!.HeldUntil);
        await mq.Queue().HoldAsync(TimeSpan.Zero);
        await Clients.Until(async () => (await mq.Queue().GetLimitsAsync()).HeldUntil is not null);
    }

    [Fact]
    public async Task In_strict_order_a_key_s_jobs_run_one_after_the_other_through_their_retries()
    {
        var runs = new ConcurrentDictionary<string, ConcurrentQueue<string>>();
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddHandler("work", (context, _) =>
            {
                runs.GetOrAdd(context.Id[..1], static _ => []).Enqueue($"{context.Id} {context.Attempt}");
                return context.Attempt < 2 ? throw new InvalidOperationException("once more") : Task.CompletedTask;
            })
            .AddQueue(DefaultQueue, queue => queue.PerKey = new() { StrictOrder = true })
            .AddSleepyWorker());

        await mq.Queue().AddBulkAsync([.. Enumerable.Range(0, 30).Select(i => JobSpec.Of(
            "work", null, new() { JobId = $"{"abc"[i % 3]}{i / 3}", Key = $"{"abc"[i % 3]}", Retries = 1, Backoff = i % 2 == 0 ? Backoff.None : Backoff.Fixed(2.Milliseconds()) }))]);

        await Store.Until(30, JobState.Completed);
        foreach (string key in (string[])["a", "b", "c"])
            Assert.Equal(Enumerable.Range(0, 10).SelectMany(i => new[] { $"{key}{i} 1", $"{key}{i} 2" }), runs[key]);
    }

    [Fact]
    public async Task Limits_of_the_configuration_are_written_at_start_and_others_stay()
    {
        await Store.Limit(new() { Concurrency = 9 }, "kept");
        await Store.Limit(new() { Concurrency = 9 }, "mail");
        await using AsyncMQHost mq = Store.Host(mq => mq.AddQueue("kept", _ => { }).AddQueue("mail", queue =>
        {
            queue.RateLimit = new(100, 1.Seconds());
            queue.PerKey = new() { Concurrency = 2 };
        }));
        await mq.StartAsync();

        Assert.Equal(new QueueLimits { Concurrency = 9 }, (await mq.Queue("kept").GetLimitsAsync()).Limits);
        Assert.Equal(new QueueLimits { Rate = new(100, 1.Seconds()), PerKey = new() { Concurrency = 2 } }, (await mq.Queue("mail").GetLimitsAsync()).Limits);
        Assert.Null((await mq.Queue("never").GetLimitsAsync()).Limits);
    }

    [Fact]
    public async Task What_was_set_is_seen_and_can_be_changed_while_jobs_run()
    {
        var gate = new Gate();
        await using AsyncMQHost mq = await Store.Start(mq => mq.AddHandler("work", (_, token) => gate.Pass(token)).AddSleepyWorker());
        IJobQueue queue = mq.Queue();
        await queue.SetLimitsAsync(new() { PerKey = new() { Concurrency = 1 } });
        await queue.AddBulkAsync([.. Enumerable.Range(0, 4).Select(i => JobSpec.Of("work", null, new() { Key = i < 3 ? "a" : "b" }))]);
        await Hosts.Until(() => gate.Entered == 2);

        JobKeyInfo a = (await queue.GetKeyAsync("a"))!;
        Assert.Equal((1, 2, null), (a.Active, a.Waiting, a.Limits));
        Assert.Equal(["a", "b"], (await queue.GetKeysAsync()).Select(key => key.Key));
        Assert.Equal(["b"], (await queue.GetKeysAsync(after: "a", take: 1)).Select(key => key.Key));

        await queue.SetKeyLimitsAsync("a", new() { Concurrency = 3 });
        await Hosts.Until(() => gate.Entered == 4);
        Assert.Equal(new KeyLimits { Concurrency = 3 }, (await queue.GetKeyAsync("a"))!.Limits);
        gate.Open();
        await Store.Until(4, JobState.Completed);
    }

    [Fact]
    public async Task A_key_goes_along_with_every_kind_of_add()
    {
        await using AsyncMQHost mq = Store.Host();
        var options = new JobOptions { Key = "k" };
        var flow = new Flow("f");
        flow.Add("node", null, options);

        JobHandle[] jobs =
        [
            await mq.Queue().AddAsync("work", null, options),
            (await mq.Queue().AddBulkAsync([JobSpec.Of("work", null, options)]))[0],
            await mq.Queue().EnqueueAsync(JobPayload.FromJson("""{"task":"work","key":"k"}""")),
            await mq.Queue().AddAsync("work", null, options with { Delay = 1.Hours() }),
            (await mq.Client.AddFlowAsync(flow)).Jobs[0],
        ];
        await mq.Queue().UpsertRepeatableAsync("r", Schedule.Every(1.Hours()), JobSpec.Of("work", null, options));
        JobHandle triggered = (await mq.Queue().TriggerRepeatableAsync("r"))!;

        foreach (JobHandle job in jobs.Append(triggered))
            Assert.Equal("k", (await mq.Queue().GetJobAsync(job.Id))!.Key);
        Assert.Equal("k", (await mq.Queue().GetRepeatableAsync("r"))!.Options.Key);
        Assert.Null((await mq.Queue().GetJobAsync((await mq.Queue().AddAsync("work")).Id))!.Key);
    }
}
