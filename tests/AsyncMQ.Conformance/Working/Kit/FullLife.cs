using System.Collections.Concurrent;
using AsyncMQ.Conformance.Driving;

namespace AsyncMQ.Conformance.Working;

/// <summary>Everything that happens to jobs, once, through the public API, on a store of which one call fails.</summary>
/// <param name="driver">The store itself, that never fails.</param>
/// <param name="failing">The store as the host sees it.</param>
internal sealed class FullLife(StoreDriver driver, FailsAtCall failing)
{
    private const string PausedQueue = "paused";
    private const string RepeatingQueue = "repeating";

    private readonly ConcurrentDictionary<string, int> starts = new();
    private readonly ConcurrentDictionary<string, int> repeats = new();
    private readonly Gate cancelled = new();
    private readonly Gate stopped = new();

    public async Task LiveAsync()
    {
        await LoseAWorkerAsync("lost");
        await using (AsyncMQHost mq = driver.Host(failing, Configure))
        {
            await Again(async () =>
            {
                await mq.StartAsync();
                return true;
            });
            await AddAsync(mq);
            await AdministerAsync(mq);
            await RepeatAsync(mq);
            await LookAsync(mq);
            await driver.Until(new JobRef(DefaultQueue, "lost"), JobState.Completed);

            await mq.Client.AddAsync("stopped", null, new() { JobId = "stopped" });
            await stopped.SomebodyWaits();
            await mq.StopAsync();
        }

        await CheckAsync();
    }

    private void Configure(AsyncMQBuilder mq) => mq
        .Configure(options => options.Lease = 3.Seconds())
        .AddHandler("work", WorkAsync)
        .AddHandler("sum", async (context, token) =>
        {
            await WorkAsync(context, token);
            return 42;
        })
        .AddHandler(
            "flaky",
            (context, _) => Started(context) == 1 ? throw new InvalidOperationException("the first time") : Task.CompletedTask,
            handler => (handler.Retries, handler.Backoff) = (1, Backoff.Fixed(20.Milliseconds())))
        .AddHandler("broken", (context, _) => Started(context) == 1 ? throw new InvalidOperationException("until mended") : Task.CompletedTask)
        .AddHandler("repeated", (context, _) => Task.FromResult(repeats.AddOrUpdate(context.Id, 1, (_, before) => before + 1)))
        .AddHandler("cancelled", (context, token) => Held(context, cancelled, token))
        .AddHandler("stopped", (context, token) => Held(context, stopped, token))
        .AddWorker(worker =>
        {
            worker.Queue(DefaultQueue).Queue(PausedQueue).Queue(RepeatingQueue);
            (worker.Concurrency, worker.PollInterval, worker.ShutdownTimeout) = (4, 1.Hours(), TimeSpan.Zero);
        });

    private static async Task AddAsync(AsyncMQHost mq)
    {
        JobHandle one = await mq.Client.AddAsync("sum", null, new() { JobId = "one" });
        Assert.Equal(AddOutcome.Created, one.Outcome);
        Assert.Equal(42, (await one.Ends()).Get<int>());

        var deduplicated = new JobOptions { JobId = "first", Deduplication = Deduplication.Throttle("d", 1.Hours()) };
        Assert.Equal(AddOutcome.Created, (await mq.Client.AddAsync("work", null, deduplicated)).Outcome);
        JobHandle second = await mq.Client.AddAsync("work", null, new() { JobId = "second", Deduplication = Deduplication.Throttle("d", 1.Hours()) });
        Assert.Equal((AddOutcome.Deduplicated, "first"), (second.Outcome, second.Id));

        IReadOnlyList<JobHandle> bulk = await mq.AddMany(5, prefix: "bulk");
        Assert.All(bulk, job => Assert.Equal(AddOutcome.Created, job.Outcome));
        JobHandle delayed = await mq.Client.AddAsync("work", null, new() { JobId = "delayed", Delay = 30.Milliseconds() });
        JobHandle flaky = await mq.Client.AddAsync("flaky", null, new() { JobId = "flaky" });
        foreach (JobHandle job in (JobHandle[])[.. bulk, delayed, flaky])
            await job.Ends();
    }

    private async Task AdministerAsync(AsyncMQHost mq)
    {
        IJobQueue paused = mq.Queue(PausedQueue);
        await paused.PauseAsync();
        JobHandle waiting = await paused.AddAsync("work", null, new() { JobId = "held-up" });
        await paused.AddAsync("work", null, new() { JobId = "removed" });
        Assert.Equal(JobChangeOutcome.Done, (await paused.RemoveJobAsync("removed")).Outcome);
        Assert.Equal(0, starts.GetValueOrDefault("held-up"));
        await paused.ResumeAsync();
        await waiting.Ends();

        JobHandle running = await mq.Client.AddAsync("cancelled", null, new() { JobId = "cancelled" });
        await cancelled.SomebodyWaits();
        Assert.Equal(JobChangeOutcome.Requested, (await mq.Queue().CancelJobAsync("cancelled")).Outcome);
        Assert.Equal(JobState.Cancelled, (await running.EndsOtherwise()).State);

        JobHandle broken = await mq.Client.AddAsync("broken", null, new() { JobId = "broken" });
        Assert.Equal(JobState.Failed, (await broken.EndsOtherwise()).State);
        Assert.Equal(JobChangeOutcome.Done, (await mq.Queue().RetryJobAsync("broken")).Outcome);
        await broken.Ends();
    }

    /// <summary>One occurrence at once, one by hand, none of it twice; then paused, resumed and removed.</summary>
    private async Task RepeatAsync(AsyncMQHost mq)
    {
        IJobQueue queue = mq.Queue(RepeatingQueue);
        Schedule schedule = Schedule.Every(1.Hours()) with { RunAtOnce = true };
        await Again(() => queue.UpsertRepeatableAsync("hourly", schedule, JobSpec.Of("repeated")));
        await driver.Until(1, JobState.Completed, RepeatingQueue);
        await (await Again(() => queue.TriggerRepeatableAsync("hourly")))!.Ends();
        Assert.True(await Again(() => queue.PauseRepeatableAsync("hourly")));
        Assert.True(await Again(() => queue.ResumeRepeatableAsync("hourly")));
        Assert.Equal(2, (await Again(() => queue.GetRepeatableHistoryAsync("hourly"))).Count);
        Assert.True(await Again(() => queue.RemoveRepeatableAsync("hourly")));
        Assert.Empty(await Again(() => queue.GetRepeatablesAsync()));
    }

    private static async Task LookAsync(AsyncMQHost mq)
    {
        Assert.NotEmpty((await Again(() => mq.Queue().GetJobsAsync(new() { States = [JobState.Completed] }))).Jobs);
        Assert.Equal(1, (await Again(() => mq.Queue().GetStatsAsync()))[JobState.Cancelled]);
        Assert.NotNull(await Again(() => mq.Queue().GetJobAsync("one")));
        Assert.Equal([DefaultQueue, PausedQueue, RepeatingQueue], await Again(() => mq.Client.GetQueuesAsync()));
    }

    /// <summary>A job whose worker is gone: its session's lease ends at once.</summary>
    private async Task LoseAWorkerAsync(string id)
    {
        await driver.Add(Job(id).WithCustomId());
        Worker doomed = await driver.OpenWorker("doomed", lease: 100.Milliseconds());
        await doomed.ClaimOne();
    }

    private async Task CheckAsync()
    {
        Dictionary<string, int> expected = new()
        {
            ["one"] = 1, ["first"] = 1, ["delayed"] = 1, ["flaky"] = 2, ["held-up"] = 1, ["cancelled"] = 1, ["broken"] = 2, ["lost"] = 1, ["stopped"] = 1,
        };
        for (int i = 0; i < 5; i++)
            expected[$"bulk-{i}"] = 1;
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), starts.Keys.Order(StringComparer.Ordinal));

        foreach ((string id, int once) in expected)
        {
            JobRecord record = await driver.Get(id, id == "held-up" ? PausedQueue : DefaultQueue);
            JobState state = id switch { "cancelled" => JobState.Cancelled, "stopped" => JobState.Waiting, _ => JobState.Completed };
            Assert.Equal((id, state), (id, record.State));

            // Again only where a claim was really lost: on a machine so busy that a lease of seconds was not renewed in time.
            int lost = record.Stalls - (id == "lost" ? 1 : 0);
            Assert.True(lost >= 0 && starts[id] >= once && starts[id] <= once + lost, $"{id} was started {starts[id]} times, with {record.Stalls} stalls.");
            if (record.Name is "work" or "sum")
                Assert.InRange(record.Logs.Count, 1, 1 + lost);
        }

        Assert.Equal(2, repeats.Count);
        foreach ((string id, int times) in repeats)
            Assert.InRange(times, 1, 1 + (await driver.Get(id, RepeatingQueue)).Stalls);
        Assert.Equal(0, (await driver.Get("stopped")).Attempt);
        Assert.Null(await driver.Find("removed", queue: PausedQueue));
        Assert.Null(await driver.Find("second"));
        Assert.Equal(expected.Count - 1, (await driver.Counts()).ByState.Sum());
    }

    private async Task WorkAsync(JobContext context, CancellationToken cancellationToken)
    {
        Started(context);
        await context.ReportProgressAsync(50, null, cancellationToken);
        await context.LogAsync("a line", cancellationToken);
    }

    private Task Held(JobContext context, Gate gate, CancellationToken cancellationToken)
    {
        Started(context);
        return gate.Pass(cancellationToken);
    }

    private int Started(JobContext context) => starts.AddOrUpdate(context.Id, 1, (_, before) => before + 1);

    /// <summary>A start and a look tell the caller that the store failed; he tries again.</summary>
    private static async Task<T> Again<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (StoreException)
        {
            return await ask();
        }
    }
}
