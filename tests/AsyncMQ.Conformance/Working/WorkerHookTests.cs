using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;

namespace AsyncMQ.Conformance.Working;

/// <summary>What runs when a worker starts and when it has stopped. Source: LH-01 to LH-03.</summary>
public abstract class WorkerHookTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task Hooks_run_in_order_the_asynchronous_ones_too()
    {
        var said = new ConcurrentQueue<string>();
        AsyncMQHost mq = await Store.Start(mq => mq
            .OnWorkerStart(async (_, _) =>
            {
                await Task.Yield();
                said.Enqueue("start 1");
            })
            .OnWorkerStart((_, _) => said.Enqueue("start 2"))
            .OnWorkerStop(async (_, _) =>
            {
                await Task.Yield();
                said.Enqueue("stop 1");
            })
            .OnWorkerStop((_, _) => said.Enqueue("stop 2"))
            .AddHandler("work", (_, _) => Task.CompletedTask)
            .AddWorker(DefaultQueue));
        await mq.DisposeAsync();

        Assert.Equal(["start 1", "start 2", "stop 1", "stop 2"], said);
    }

    [Fact]
    public async Task They_run_once_for_each_worker_and_know_it()
    {
        var said = new ConcurrentQueue<string>();
        AsyncMQHost mq = await Store.Start(mq =>
        {
            mq.Services.AddSingleton(new Greeted());
            mq.OnWorkerStart((worker, _) => said.Enqueue($"{worker.Name} starts: {string.Join(' ', worker.Queues)}, {worker.Concurrency}, {worker.Services.GetService<Greeted>() is not null}"))
                .OnWorkerStop((worker, _) => said.Enqueue($"{worker.Name} stopped"))
                .AddHandler("work", (_, _) => Task.CompletedTask)
                .AddWorker("mail", worker => worker.Concurrency = 3)
                .AddWorker(worker =>
                {
                    worker.Name = "both";
                    worker.Queue("a").Queue("b");
                });
        });
        await mq.DisposeAsync();

        Assert.Equal(["mail starts: mail, 3, True", "both starts: a b, 16, True"], said.Take(2));
        Assert.Equal(["both stopped", "mail stopped"], said.Skip(2).Order());
    }

    [Fact]
    public async Task A_worker_takes_no_job_before_its_start_hooks_have_ended_and_its_stop_hooks_wait_for_the_last_handler()
    {
        var said = new ConcurrentQueue<string>();
        var gate = new Gate();
        AsyncMQHost mq = Store.Host(mq => mq
            .OnWorkerStart(async (_, token) =>
            {
                await Task.Delay(20, token);
                said.Enqueue("started");
            })
            .OnWorkerStop((_, _) => said.Enqueue("stopped"))
            .AddHandler("work", async (_, _) =>
            {
                said.Enqueue("runs");
                await gate.PassWithoutHeed();
                said.Enqueue("ends");
            })
            .AddWorker(DefaultQueue));
        JobHandle job = await mq.Client.AddAsync("work");
        await mq.StartAsync();
        await gate.SomebodyWaits();

        Task disposing = mq.DisposeAsync().AsTask();
        gate.Open();
        await disposing;

        Assert.Equal(["started", "runs", "ends", "stopped"], said);
        Assert.Equal(JobState.Completed, await Store.StateOf(job.Id));
    }

    [Fact]
    public async Task A_hook_that_fails_is_logged_and_stops_nothing()
    {
        var said = new ConcurrentQueue<string>();
        var lines = new LogLines();
        AsyncMQHost mq = await Store.Start(mq => mq
            .LogTo(lines)
            .OnWorkerStart((_, _) => throw new InvalidOperationException("bad start"))
            .OnWorkerStart(async (_, _) =>
            {
                await Task.Yield();
                throw new OperationCanceledException("bad start, later");
            })
            .OnWorkerStart((_, _) => (Task)null!)
            .OnWorkerStart((_, _) => said.Enqueue("started"))
            .OnWorkerStop((_, _) => throw new InvalidOperationException("bad stop"))
            .OnWorkerStop((_, _) => said.Enqueue("stopped"))
            .AddHandler("work", (_, _) => Task.CompletedTask)
            .AddWorker(DefaultQueue));
        await (await mq.Client.AddAsync("work")).Ends();
        await mq.DisposeAsync();

        Assert.Equal(["started", "stopped"], said);
        Assert.Equal(["start", "start", "start", "stop"], lines.Of(5).Select(line => line.Split(' ')[1]));
        Assert.All(lines.Of(5), line => Assert.Contains($"worker {DefaultQueue} failed", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_same_hook_given_twice_runs_once()
    {
        int starts = 0, stops = 0;
        void Start(WorkerHookContext worker, CancellationToken token) => starts++;
        Task Stop(WorkerHookContext worker, CancellationToken token) => Task.FromResult(stops++);
        AsyncMQHost mq = await Store.Start(mq => mq
            .OnWorkerStart(Start).OnWorkerStart(Start)
            .OnWorkerStop(Stop).OnWorkerStop(Stop)
            .AddHandler("work", (_, _) => Task.CompletedTask)
            .AddWorker(DefaultQueue));
        await mq.DisposeAsync();

        Assert.Equal((1, 1), (starts, stops));
    }

    [Fact]
    public async Task A_stop_hook_that_does_not_end_is_left_behind_and_told()
    {
        var told = new TaskCompletionSource();
        using var hurry = new CancellationTokenSource();
        AsyncMQHost mq = await Store.Start(mq => mq
            .OnWorkerStop(async (_, token) =>
            {
                token.Register(() => told.SetResult());
                await hurry.CancelAsync();
                await Task.Delay(Timeout.Infinite, CancellationToken.None);
            })
            .AddHandler("work", (_, _) => Task.CompletedTask)
            .AddWorker(DefaultQueue));

        await mq.StopAsync(hurry.Token).WaitAsync(Patience);

        await told.Task.WaitAsync(Patience);
        await mq.DisposeAsync();
    }
}
