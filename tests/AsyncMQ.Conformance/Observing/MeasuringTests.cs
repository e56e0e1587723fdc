using AsyncMQ.Conformance.Working;

namespace AsyncMQ.Conformance.Observing;

/// <summary>What workers measure, as users see it.</summary>
public abstract class MeasuringTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task Every_end_of_an_attempt_is_counted_by_what_became_of_it()
    {
        await using (AsyncMQHost mq = await Store.Start(mq => mq
            .AddHandler("completes", (_, _) => Task.CompletedTask)
            .AddHandler("fails", (_, _) => throw new InvalidOperationException())
            .AddHandler("retries", (context, _) => context.Attempt < 3 ? throw new InvalidOperationException() : Task.CompletedTask)
            .AddHandler("comes-later", (context, _) => context.Headers.ContainsKey("once") && Interlocked.Increment(ref later) == 1
                ? throw new RetryJobException(TimeSpan.Zero)
                : Task.CompletedTask)
            .AddWorker(DefaultQueue)))
        {
            IJobQueue queue = mq.Queue();
            JobHandle[] jobs =
            [
                await queue.AddAsync("completes"), await queue.AddAsync("completes"), await queue.AddAsync("fails"),
                await queue.AddAsync("retries", null, new() { Retries = 5, Backoff = Backoff.None }),
                await queue.AddAsync("comes-later", null, new() { Headers = new Dictionary<string, string> { ["once"] = "1" } }),
            ];
            foreach (JobHandle job in jobs.Where((_, i) => i != 2))
                await job.Ends();
            await jobs[2].EndsOtherwise();
        }

        QueueMetrics metrics = await Read();

        Assert.Equal(["comes-later", "completes", "fails", "retries"], metrics.ByName.Select(named => named.Name));
        Assert.Equal([(1, 0, 0, 1), (2, 0, 0, 0), (0, 1, 0, 0), (1, 0, 2, 0)], metrics.ByName.Select(named => Counts(named.Metrics)));
        Assert.Equal((4, 1, 2, 1), Counts(metrics.Total));
        Assert.Equal((8, 8, 8), (metrics.Total.Attempts, metrics.Total.Run.Count, metrics.Total.Wait.Count));
    }

    private int later;

    [Fact]
    public async Task Figures_add_up_over_two_processes_and_a_restart()
    {
        AsyncMQHost one = await Start(), two = await Start();
        await one.AddMany(30);
        await Store.Until(30, JobState.Completed);
        await one.DisposeAsync();
        await two.AddMany(10, prefix: "more");
        await Store.Until(40, JobState.Completed);
        await two.DisposeAsync();
        await using (AsyncMQHost again = await Start())
        {
            await again.AddMany(5, prefix: "after");
            await Store.Until(45, JobState.Completed);
        }

        QueueMetrics metrics = await Read();

        Assert.Equal(45, metrics.Total.Completed);
        Assert.Equal(45, metrics.Series.Sum(bucket => bucket.Metrics.Completed));
        Assert.Equal(45, (await Read(new() { Resolution = MetricResolution.Hour })).Total.Completed);
    }

    [Fact]
    public async Task A_worker_tells_while_it_runs()
    {
        var told = new FaultyStore(Store.Store);
        await using AsyncMQHost mq = await Store.Start(told, mq => mq.AddHandler("work", (_, _) => Task.CompletedTask).AddSleepyWorker());
        await mq.AddMany(3);

        await Clients.Until(async () => (await mq.Queue().GetMetricsAsync()).Total.Completed == 3);

        Assert.InRange(told.Calls(StoreCall.Measure), 1, 3);
    }

    [Fact]
    public async Task A_process_that_ran_nothing_never_says_anything()
    {
        var told = new FaultyStore(Store.Store);
        await using (await Store.Start(told, mq => mq.AddHandler("work", (_, _) => Task.CompletedTask).AddSleepyWorker()))
            Assert.Empty((await Read()).Series);

        Assert.Equal(0, told.Calls(StoreCall.Measure));
    }

    [Fact]
    public async Task How_long_jobs_ran_and_waited_is_told_within_a_sixteenth()
    {
        var clock = new Jumping();
        await Store.AddBulk([.. Enumerable.Range(0, 100).Select(i => Job($"job-{i}"))]);
        await Store.Advance(10.Minutes());
        await using (AsyncMQHost mq = await Store.Start(mq => mq
            .Configure(options => options.TimeProvider = clock)
            .AddHandler("work", (context, _) =>
            {
                clock.Jump(TimeSpan.FromMilliseconds(int.Parse(context.Id.AsSpan(4), System.Globalization.CultureInfo.InvariantCulture) + 1));
                return Task.CompletedTask;
            })
            .AddWorker(DefaultQueue, worker => worker.Concurrency = 1)))
            await Store.Until(100, JobState.Completed);

        JobMetrics total = (await Read()).Total;

        IsWithin(50.Milliseconds(), total.Run.P50);
        IsWithin(95.Milliseconds(), total.Run.P95);
        IsWithin(99.Milliseconds(), total.Run.P99);
        IsWithin(1.Milliseconds(), total.Run.Quantile(0));
        IsWithin(100.Milliseconds(), total.Run.Quantile(1));
        Assert.InRange(total.Wait.P50!.Value, 10.Minutes() * 0.93, 11.Minutes() * 1.07);
    }

    [Fact]
    public async Task A_worker_told_not_to_measure_records_nothing()
    {
        var told = new FaultyStore(Store.Store);
        await using (AsyncMQHost mq = await Store.Start(told, mq => mq
            .AddHandler("work", (_, _) => Task.CompletedTask)
            .AddWorker(DefaultQueue, worker => worker.RecordsMetrics = false)))
            await (await mq.Client.AddAsync("work")).Ends();

        Assert.Equal(0, told.Calls(StoreCall.Measure));
        Assert.Empty((await Read()).ByName);
    }

    [Fact]
    public async Task What_was_told_and_the_answer_lost_is_counted_once()
    {
        int calls = 0;
        var faulty = new FaultyStore(Store.Store) { Plan = call => call == StoreCall.Measure && Interlocked.Increment(ref calls) <= 1 ? Fault.LosesReply : Fault.None };
        await using (AsyncMQHost mq = await Store.Start(faulty, mq => mq.AddHandler("work", (_, _) => Task.CompletedTask).AddSleepyWorker()))
        {
            await mq.AddMany(3);
            await Hosts.Until(() => faulty.Calls(StoreCall.Measure) > 0);
            await mq.AddMany(2, prefix: "more");
            await Store.Until(5, JobState.Completed);
        }

        Assert.Equal(5, (await Read()).Total.Completed);
    }

    [Fact]
    public async Task What_may_have_been_told_before_a_session_was_lost_is_not_told_again()
    {
        int calls = 0;
        var faulty = new FaultyStore(Store.Store) { Plan = call => call == StoreCall.Measure && Interlocked.Increment(ref calls) == 1 ? Fault.LosesReply : Fault.None };
        await using (AsyncMQHost mq = await Store.Start(faulty, mq => mq
            .Configure(options => options.Lease = 1.Seconds())
            .AddHandler("work", (_, _) => Task.CompletedTask)
            .AddSleepyWorker()))
        {
            await mq.AddMany(3);
            await Clients.Until(async () => (await mq.Queue().GetMetricsAsync()).Total.Completed == 3);
            SessionRecord lost = await Store.WorkerSession();
            await Store.Store.CloseAsync(lost.Info.Id, default);
            await Clients.Until(async () => await Store.Store.SessionsAsync(default) is [var session] && session.Info.Id != lost.Info.Id);
            await mq.AddMany(2, prefix: "more");
            await Store.Until(5, JobState.Completed);
        }

        Assert.Equal(5, (await Read()).Total.Completed);
    }

    [Fact]
    public async Task What_is_much_goes_in_several_steps()
    {
        var told = new FaultyStore(Store.Store);
        string[] queues = [.. Enumerable.Range(0, 1_100).Select(i => $"queue-{i}")];
        await using (AsyncMQHost mq = Store.Host(told, mq => mq
            .AddHandler("work", (_, _) => Task.CompletedTask)
            .AddWorker(worker => Array.ForEach(queues, queue => worker.Queue(queue)))))
        {
            await Store.AddBulk([.. queues.Select(queue => Job("a").In(queue))]);
            await mq.StartAsync();
            await Clients.Until(async () => (await Store.Store.CountAsync(queues[^1], default)).ByState[(int)JobState.Completed] == 1);
            foreach (string queue in queues)
                await Store.Until(1, JobState.Completed, queue);
        }

        await using AsyncMQHost reader = Store.Host();
        foreach (string queue in (string[])[queues[0], queues[550], queues[^1]])
            Assert.Equal(1, (await reader.Queue(queue).GetMetricsAsync()).Total.Completed);
        Assert.InRange(told.Calls(StoreCall.Measure), 2, 20);
    }

    [Fact]
    public async Task A_worker_that_loses_its_session_tells_in_the_next_one()
    {
        await using (AsyncMQHost mq = await Store.Start(mq => mq
            .Configure(options => options.Lease = 1.Seconds())
            .AddHandler("work", (_, _) => Task.CompletedTask)
            .AddSleepyWorker()))
        {
            await mq.AddMany(3);
            await Store.Until(3, JobState.Completed);
            SessionRecord lost = await Store.WorkerSession();
            await Store.Store.CloseAsync(lost.Info.Id, default);
            await Clients.Until(async () => await Store.Store.SessionsAsync(default) is [var session] && session.Info.Id != lost.Info.Id);
        }

        Assert.Equal(3, (await Read()).Total.Completed);
    }

    [Fact]
    public async Task A_store_that_takes_no_figures_disturbs_nobody()
    {
        var faulty = new FaultyStore(Store.Store) { Plan = call => call == StoreCall.Measure ? Fault.Refuses : Fault.None };
        await using (AsyncMQHost mq = await Store.Start(faulty, mq => mq.AddHandler("work", (_, _) => Task.CompletedTask).AddWorker(DefaultQueue)))
        {
            await mq.AddMany(50);
            await Store.Until(50, JobState.Completed);
        }

        Assert.NotEqual(0, faulty.Calls(StoreCall.Measure));
        Assert.Empty((await Read()).Series);
    }

    [Fact]
    public async Task A_query_picks_the_name_the_length_of_buckets_and_the_time()
    {
        await using (AsyncMQHost mq = await Start())
        {
            await mq.AddMany(2);
            await mq.AddMany(3, "other", prefix: "other");
            await Store.Until(5, JobState.Completed);
        }

        DateTimeOffset now = await Store.Now();

        Assert.Equal(3, (await Read(new() { Name = "other" })).Total.Completed);
        Assert.Equal(["other"], (await Read(new() { Name = "other" })).ByName.Select(named => named.Name));
        Assert.Equal(0, (await Read(new() { Name = "third" })).Total.Attempts);
        Assert.Equal(0, (await Read(new() { From = now + 1.Hours() })).Total.Attempts);
        Assert.Equal(0, (await Read(new() { To = now - 1.Hours() })).Total.Attempts);
        Assert.Equal(5, (await Read(new() { From = now - 1.Hours(), To = now + 1.Hours() })).Total.Attempts);
        Assert.Null((await Read(new() { Name = "third" })).Total.Run.P95);
        Assert.Equal((DefaultQueue, MetricResolution.Minute), ((await Read()).Queue, (await Read()).Resolution));
    }

    private Task<AsyncMQHost> Start() => Store.Start(mq => mq
        .AddHandler("work", (_, _) => Task.CompletedTask)
        .AddHandler("other", (_, _) => Task.CompletedTask)
        .AddWorker(DefaultQueue));

    private async Task<QueueMetrics> Read(MetricsQuery? query = null)
    {
        await using AsyncMQHost mq = Store.Host();
        return await mq.Queue().GetMetricsAsync(query);
    }

    private static (long Completed, long Failed, long Retried, long Other) Counts(JobMetrics metrics) => (metrics.Completed, metrics.Failed, metrics.Retried, metrics.Other);

    private static void IsWithin(TimeSpan expected, TimeSpan? actual) => Assert.InRange(actual!.Value, expected * 0.935, expected * 1.065);

    /// <summary>A clock whose stamps move when a handler says so, and not by themselves; its timers are real.</summary>
    private sealed class Jumping : TimeProvider
    {
        private long ticks = 1;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Interlocked.Read(ref ticks);

        public void Jump(TimeSpan time) => Interlocked.Add(ref ticks, time.Ticks);
    }
}
