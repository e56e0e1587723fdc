using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;

namespace AsyncMQ.Conformance.Working;

/// <summary>Jobs run, complete and leave their results.</summary>
public abstract class RunningTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task A_job_runs_and_completes()
    {
        var ran = new Ledger();
        await using AsyncMQHost mq = await Store.Start(mq => mq.AddHandler("work", ran.Note).AddWorker(DefaultQueue));

        JobHandle job = await mq.Client.AddAsync("work");
        JobResult result = await job.Ends();

        Assert.Equal(JobState.Completed, result.State);
        Assert.Equal([job.Id], ran.Started);
    }

    [Fact]
    public async Task A_typed_job_gives_its_typed_result()
    {
        await using AsyncMQHost mq = await Store.Start(mq => mq.AddHandler<Sum, int, SumHandler>().AddWorker("sums"));

        JobHandle<int> job = await mq.Client.AddAsync(new Sum(19, 23));

        Assert.Equal(42, await job.WaitAsync().WaitAsync(Patience));
        Assert.Equal("sums", job.Ref.Queue);
    }

    [Fact]
    public async Task A_typed_job_without_result_reaches_its_handler()
    {
        var greeted = new Greeted();
        await using AsyncMQHost mq = await Store.Start(mq =>
        {
            mq.Services.AddSingleton(greeted);
            mq.AddHandler<Greet, GreetHandler>().AddWorker(DefaultQueue);
        });

        JobHandle job = await mq.Client.AddAsync(new Greet("Zoë 🦊"));
        JobResult result = await job.Ends();

        Assert.Equal(["Zoë 🦊"], greeted.Names);
        Assert.False(result.HasValue);
    }

    [Fact]
    public async Task A_result_a_null_and_no_result_are_told_apart()
    {
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddHandler("value", (_, _) => Task.FromResult<string?>("v"))
            .AddHandler("null", (_, _) => Task.FromResult<string?>(null))
            .AddHandler("none", (_, _) => Task.CompletedTask)
            .AddWorker(DefaultQueue));

        JobResult value = await (await mq.Client.AddAsync("value")).Ends();
        JobResult nothing = await (await mq.Client.AddAsync("null")).Ends();
        JobResult none = await (await mq.Client.AddAsync("none")).Ends();

        Assert.Equal("v", value.Get<string>());
        Assert.True(nothing.HasValue);
        Assert.Null(nothing.Get<string>());
        Assert.False(none.HasValue);
        Assert.Throws<InvalidOperationException>(() => none.Get<string>());
    }

    [Fact]
    public async Task A_result_of_another_type_than_asked_for_is_refused()
    {
        await using AsyncMQHost mq = await Store.Start(mq => mq.AddHandler("value", (_, _) => Task.FromResult("text")).AddWorker(DefaultQueue));

        JobResult result = await (await mq.Client.AddAsync("value")).Ends();

        Assert.Throws<JsonException>(() => result.Get<int>());
    }

    [Fact]
    public async Task Arguments_and_headers_reach_the_handler()
    {
        var seen = new TaskCompletionSource<(string? To, int Count, string Trace, int Max)>();
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddHandler("work", (context, _) =>
            {
                seen.SetResult((context.Args[0].GetString(), context.Args[1].GetInt32(), context.Headers["trace"], context.MaxAttempts));
                return Task.CompletedTask;
            })
            .AddWorker(DefaultQueue));

        await mq.Client.AddAsync("work", ["a@b.com", 3], new() { Headers = new Dictionary<string, string> { ["trace"] = "t-1" }, Retries = 4 });

        Assert.Equal(("a@b.com", 3, "t-1", 5), await seen.Task.WaitAsync(Patience));
    }

    [Fact]
    public async Task With_one_slot_jobs_run_by_priority_and_then_in_the_order_they_came()
    {
        var ran = new Ledger();
        await using AsyncMQHost mq = Store.Host(mq => mq.AddHandler("work", ran.Note).AddWorker(DefaultQueue, worker => worker.Concurrency = 1));
        foreach ((string id, int priority) in new[] { ("c", 5), ("e", 9), ("a", 1), ("d", 5), ("b", 1) })
            await mq.Client.AddAsync("work", null, new() { JobId = id, Priority = priority });

        await mq.StartAsync();
        await Store.Until(5, JobState.Completed);

        Assert.Equal(["a", "b", "c", "d", "e"], ran.Started);
    }

    [Fact]
    public async Task A_thousand_jobs_run_once_each_in_the_order_they_came()
    {
        var ran = new Ledger();
        await using AsyncMQHost mq = Store.Host(mq => mq.AddHandler("work", ran.Note).AddWorker(DefaultQueue, worker => worker.Concurrency = 1));
        await mq.AddMany(1_000);

        await mq.StartAsync();
        await Store.Until(1_000, JobState.Completed);

        Assert.Equal(Enumerable.Range(0, 1_000).Select(i => $"job-{i}"), ran.Started);
    }

    [Fact]
    public async Task As_many_handlers_run_at_once_as_there_are_slots_and_never_more()
    {
        var ran = new Ledger();
        var gate = new Gate();
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddHandler("work", (context, token) => ran.NoteWhile(context, () => gate.Pass(token)))
            .AddWorker(DefaultQueue, worker => worker.Concurrency = 4));

        await mq.AddMany(50);
        await Hosts.Until(() => gate.Entered == 4);
        Assert.Equal(4, await Store.Count(JobState.Active));
        gate.Open();
        await Store.Until(50, JobState.Completed);

        Assert.Equal(4, ran.MostAtOnce);
        Assert.Equal(50, ran.Count);
    }

    [Fact]
    public async Task Concurrency_holds_with_handlers_of_all_lengths_and_failures()
    {
        var ran = new Ledger();
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddHandler("work", (context, token) => ran.NoteWhile(context, async () =>
            {
                int i = context.Args[0].GetInt32();
                if (i % 3 == 0)
                    await Task.Yield();
                if (i % 7 == 0)
                    await Task.Delay(2, token);
                if (i % 5 == 0 && context.Attempt == 1)
                    throw new InvalidOperationException("the first time");
            }), handler => (handler.Retries, handler.Backoff) = (1, Backoff.None))
            .AddWorker(DefaultQueue, worker => worker.Concurrency = 3));

        await mq.AddMany(300);
        await Store.Until(300, JobState.Completed);

        Assert.InRange(ran.MostAtOnce, 1, 3);
        Assert.Equal(360, ran.Count);
    }

    [Fact]
    public async Task Two_workers_in_one_process_share_a_queue_without_running_a_job_twice()
    {
        var ran = new Ledger();
        await using AsyncMQHost mq = await Store.Start(mq => mq.AddHandler("work", ran.Note).AddWorker(DefaultQueue).AddWorker(DefaultQueue));

        await mq.AddMany(500);
        await Store.Until(500, JobState.Completed);

        Assert.Empty(ran.Repeated);
        Assert.Equal(500, ran.Count);
    }

    [Fact]
    public async Task Two_processes_share_a_queue_without_running_a_job_twice()
    {
        var ran = new Ledger();
        await using AsyncMQHost one = await Store.Start(mq => mq.AddHandler("work", ran.Note).AddWorker(DefaultQueue));
        await using AsyncMQHost two = await Store.Start(mq => mq.AddHandler("work", ran.Note).AddWorker(DefaultQueue));

        await one.AddMany(500);
        await Store.Until(500, JobState.Completed);

        Assert.Empty(ran.Repeated);
        Assert.Equal(500, ran.Count);
    }

    [Fact]
    public async Task A_handler_can_add_jobs()
    {
        await using AsyncMQHost mq = Store.Host(mq => mq
            .AddHandler("parent", async (context, token) =>
                await context.Services.GetRequiredService<IJobClient>().AddAsync("child", null, new() { JobId = "child" }, token))
            .AddHandler("child", (_, _) => Task.CompletedTask)
            .AddWorker(DefaultQueue, worker => worker.Concurrency = 1));
        await mq.StartAsync();

        await (await mq.Client.AddAsync("parent")).Ends();

        await Store.Until(new(DefaultQueue, "child"), JobState.Completed);
    }

    [Fact]
    public async Task Many_producers_and_a_worker_at_once_lose_nothing()
    {
        var ran = new Ledger();
        await using AsyncMQHost mq = await Store.Start(mq => mq.AddHandler("work", ran.Note).AddWorker(DefaultQueue));

        await Parallel.ForAsync(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 40 }, async (i, token) => await mq.Client.AddAsync("work", [i], null, token));
        await Store.Until(400, JobState.Completed);

        Assert.Equal(400, ran.Count);
        Assert.Empty(ran.Repeated);
    }
}
