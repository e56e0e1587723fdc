using Microsoft.Extensions.DependencyInjection;

namespace AsyncMQ.Testing.Tests;

/// <summary>When the host is idle, and when it is not.</summary>
public sealed class IdleTests
{
    private readonly Diary ran = new();

    [Fact]
    public async Task Nothing_runs_until_the_host_is_run()
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq.AddHandler("work", ran.Handle));
        await host.RunUntilIdleAsync();
        JobHandle job = await host.Client.AddAsync("work");

        Assert.Equal(JobState.Waiting, await host.StateOf(job));
        await host.RunUntilIdleAsync();

        Assert.Equal(JobState.Completed, await host.StateOf(job));
        Assert.Equal(Kit.Start, host.Time.GetUtcNow());
    }

    [Fact]
    public async Task Jobs_added_by_handlers_run_too_in_queues_that_nobody_named()
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq.AddHandler("split", async (context, token) =>
        {
            int left = context.Args[0].GetInt32();
            if (left > 0)
                await context.Services.GetRequiredService<IJobClient>().GetQueue($"level-{left}").AddAsync("split", [left - 1], null, token);
            ran.Note($"{left}", context);
        }));
        await host.Client.AddAsync("split", [5]);

        await host.RunUntilIdleAsync();

        Assert.Equal(6, ran.Count);
        Assert.Equal(6, host.Added.Count);
    }

    [Fact]
    public async Task A_handler_that_works_in_real_time_is_waited_for()
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq.AddHandler("work", async (context, token) =>
        {
            await Task.Yield();
            await Task.Run(() => Thread.Sleep(100), token);
            await Task.Delay(100, token).ConfigureAwait(false);
            ran.Note("done", context);
        }));
        await host.Client.AddAsync("work");

        await host.RunUntilIdleAsync();

        Assert.Equal(1, ran.Count);
    }

    [Fact]
    public async Task A_handler_that_waits_on_the_clock_is_idle_until_its_time()
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq.AddHandler("poll", async (context, token) =>
        {
            for (int i = 0; i < 3; i++)
            {
                await Task.Delay(1.Hours(), context.Time(), token).ConfigureAwait(i % 2 == 0);
                ran.Note($"{i}", context);
            }
        }));
        JobHandle job = await host.Client.AddAsync("poll");

        await host.RunUntilIdleAsync();
        Assert.Equal(JobState.Active, await host.StateOf(job));
        await host.AdvanceAsync(1.Hours());
        Assert.Equal(1, ran.Count);
        await host.AdvanceAsync(1.Days());

        Assert.Equal([1.Hours(), 2.Hours(), 3.Hours()], ran.When);
        Assert.Equal(JobState.Completed, await host.StateOf(job));
    }

    [Fact]
    public async Task A_periodic_timer_ticks_at_each_of_its_times()
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq.AddHandler("poll", async (context, token) =>
        {
            using var timer = new PeriodicTimer(10.Seconds(), context.Time());
            while (ran.Count < 50 && await timer.WaitForNextTickAsync(token).ConfigureAwait(false))
                ran.Note("tick", context);
        }));
        await host.Client.AddAsync("poll");

        await host.AdvanceAsync(1.Hours());

        Assert.Equal(Enumerable.Range(1, 50).Select(tick => (10 * tick).Seconds()), ran.When);
    }

    [Fact]
    public async Task A_deadline_on_the_clock_is_not_taken_for_a_wait()
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq.AddHandler("call", async (context, token) =>
        {
            using var deadline = new CancellationTokenSource(10.Seconds(), context.Time());
            await Task.Delay(200, deadline.Token).ConfigureAwait(false);
            ran.Note("answered", context);
        }));
        await host.Client.AddAsync("call", null, new() { Timeout = 1.Minutes() });

        await host.RunUntilIdleAsync();

        Assert.Equal(["answered"], ran.What);
        Assert.Equal([TimeSpan.Zero], ran.When);
    }

    [Fact]
    public async Task A_handler_may_wait_for_another_job_that_waits_for_the_clock()
    {
        await using AsyncMQTestHost host = Kit.HostOfWaiting(ran);
        await host.Client.AddAsync("outer");

        await host.RunUntilIdleAsync();
        Assert.Equal(0, ran.Count);
        await host.AdvanceAsync(1.Days());

        Assert.Equal(["42"], ran.What);
        Assert.Equal([1.Hours()], ran.When);
    }

    [Fact]
    public async Task Jobs_that_nobody_can_run_do_not_keep_it_from_being_idle()
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq.AddHandler("work", ran.Handle).AddWorker("default"));
        JobHandle unknown = await host.Client.AddAsync("unknown"), elsewhere = await host.Client.GetQueue("elsewhere").AddAsync("work");

        await host.AdvanceAsync(1.Hours());

        Assert.True((await host.GetJobAsync(unknown.Ref))!.IsParked);
        Assert.Equal(JobState.Waiting, await host.StateOf(elsewhere));
    }

    [Fact]
    public async Task Jobs_wait_for_a_slot_while_handlers_wait_on_the_clock()
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq
            .AddHandler("slow", async (context, token) =>
            {
                await Task.Delay(1.Minutes(), context.Time(), token);
                ran.Note(context.Args[0].ToString(), context);
            })
            .AddWorker("default", worker => worker.Concurrency = 2));
        for (int i = 0; i < 5; i++)
            await host.Client.AddAsync("slow", [i]);

        await host.RunUntilIdleAsync();
        Assert.Equal(3, (await host.Client.GetQueue("default").GetStatsAsync())[JobState.Waiting]);
        await host.AdvanceAsync(1.Hours());

        Assert.Equal([1.Minutes(), 1.Minutes(), 2.Minutes(), 2.Minutes(), 3.Minutes()], ran.When);
    }

    [Fact]
    public async Task A_handler_that_never_ends_is_named_when_patience_is_over()
    {
        var never = new TaskCompletionSource();
        await using AsyncMQTestHost host = Kit.Host(mq => mq.AddHandler("stuck", (_, token) => never.Task.WaitAsync(token)));
        host.Stillness.Patience = 300.Milliseconds();
        JobHandle job = await host.Client.AddAsync("stuck");

        TimeoutException error = await Assert.ThrowsAsync<TimeoutException>(() => host.RunUntilIdleAsync());

        Assert.Contains($"{job.Ref}", error.Message, StringComparison.Ordinal);
        Assert.Contains("'stuck'", error.Message, StringComparison.Ordinal);
        Assert.Contains("host.Time", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_handler_ends_and_its_job_is_cancelled()
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq.AddHandler("long", async (context, token) =>
        {
            try
            {
                await Task.Delay(1.Days(), context.Time(), token);
            }
            finally
            {
                ran.Note($"{context.CancellationReason}", context);
            }
        }));
        JobHandle job = await host.Client.AddAsync("long");
        await host.RunUntilIdleAsync();

        await host.Client.GetQueue("default").CancelJobAsync(job.Id);
        await host.RunUntilIdleAsync();

        Assert.Equal(["Cancelled"], ran.What);
        Assert.Equal(JobState.Cancelled, await host.StateOf(job));
    }

    [Fact]
    public async Task A_handler_whose_job_was_removed_is_told_within_two_renewals()
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq.AddHandler("long", async (context, token) =>
        {
            try
            {
                await Task.Delay(1.Days(), context.Time(), token);
            }
            finally
            {
                ran.Note($"{context.CancellationReason}", context);
            }
        }));
        JobHandle job = await host.Client.AddAsync("long");
        await host.RunUntilIdleAsync();

        await host.Client.GetQueue("default").RemoveJobAsync(job.Id);
        await host.AdvanceAsync(6.Seconds());

        Assert.Equal(["LeaseLost"], ran.What);
    }

    [Fact]
    public async Task A_handler_cannot_run_its_own_host()
    {
        AsyncMQTestHost? host = null;
        host = Kit.Host(mq => mq.AddHandler("odd", async (_, token) => await host!.RunUntilIdleAsync(token)));
        await using (host)
        {
            JobHandle job = await host.Client.AddAsync("odd");
            await host.RunUntilIdleAsync();
            Assert.Contains("its own host", (await host.GetJobAsync(job.Ref))!.Error!.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Disposing_ends_handlers_that_wait_and_those_that_do_not_listen()
    {
        AsyncMQTestHost host = Kit.Host(mq => mq.AddHandler("long", (context, token) =>
            Task.Delay(1.Days(), context.Time(), context.Args[0].GetBoolean() ? token : CancellationToken.None)));
        host.Stillness.Doubt = 50.Milliseconds();
        await host.Client.AddAsync("long", [true]);
        await host.Client.AddAsync("long", [false]);
        await host.RunUntilIdleAsync();

        await host.DisposeAsync();
        await host.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => host.RunUntilIdleAsync());
    }

    [Fact]
    public async Task Two_hundred_hosts_side_by_side_never_meet() =>
        await Parallel.ForEachAsync(Enumerable.Range(0, 200), async (number, cancellation) =>
        {
            var own = new Diary();
            await using AsyncMQTestHost host = Kit.Host(mq => mq.AddHandler("work", own.Handle, handler => handler.Retries = 1));
            host.FailAttempt("work");
            await host.Client.AddAsync("work", [number], new() { JobId = "the-one", Delay = TimeSpan.FromSeconds(number) }, cancellation);
            await host.AdvanceAsync(1.Hours(), cancellation);
            Assert.Equal([$"{number}"], own.What);
            Assert.Equal([TimeSpan.FromSeconds(number + 1)], own.When);
        });
}
