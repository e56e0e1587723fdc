namespace AsyncMQ.Testing.Tests;

/// <summary>Batches under a clock that stands: one that waits for more jobs waits for the clock.</summary>
public sealed class BatchTests
{
    private readonly Diary ran = new();

    [Fact]
    public async Task A_batch_waits_for_the_clock_and_runs_when_its_time_is_up()
    {
        await using AsyncMQTestHost host = Host(batch => (batch.Size, batch.Wait) = (10, 3.Seconds()));
        await host.Client.AddAsync("work", ["a"]);
        await host.RunUntilIdleAsync();
        await host.AdvanceAsync(2.Seconds());
        await host.Client.AddAsync("work", ["b"]);
        await host.RunUntilIdleAsync();
        Assert.Equal(0, ran.Count);

        await host.AdvanceAsync(1.Minutes());

        Assert.Equal(["a b"], ran.What);
        Assert.Equal([3.Seconds()], ran.When);
    }

    [Fact]
    public async Task A_full_batch_runs_at_once_in_the_order_of_its_claims()
    {
        await using AsyncMQTestHost host = Host(batch => (batch.Size, batch.Wait) = (3, 3.Seconds()));
        foreach (string name in (string[])["a", "b", "c", "d", "e"])
            await host.Client.AddAsync("work", [name]);

        await host.RunUntilIdleAsync();
        Assert.Equal(["a b c"], ran.What);
        await host.AdvanceAsync(3.Seconds());

        Assert.Equal(["a b c", "d e"], ran.What);
        Assert.Equal([TimeSpan.Zero, 3.Seconds()], ran.When);
    }

    [Fact]
    public async Task The_next_batch_has_a_time_of_its_own()
    {
        await using AsyncMQTestHost host = Host(batch => (batch.Size, batch.Wait) = (10, 3.Seconds()));
        await host.Client.AddAsync("work", ["a"]);
        await host.AdvanceAsync(3.Seconds());
        await host.Client.AddAsync("work", ["b"], new() { Delay = 1.Seconds() });

        await host.AdvanceAsync(10.Seconds());

        Assert.Equal(["a", "b"], ran.What);
        Assert.Equal([3.Seconds(), 7.Seconds()], ran.When);
    }

    [Fact]
    public async Task A_batch_handler_that_waits_on_the_clock_is_idle_until_its_time()
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq.AddBatchHandler("work", async (batch, token) =>
        {
            await Task.Delay(1.Hours(), batch[0].Context.Time(), token);
            Note(batch);
        }, batch => (batch.Size, batch.Wait) = (2, 1.Seconds())));
        await host.Client.AddBulkAsync([JobSpec.Of("work", ["a"]), JobSpec.Of("work", ["b"])]);

        await host.RunUntilIdleAsync();
        Assert.Equal(0, ran.Count);
        await host.AdvanceAsync(1.Hours());

        Assert.Equal([1.Hours()], ran.When);
    }

    [Fact]
    public async Task A_batch_handler_that_works_in_real_time_is_waited_for()
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq.AddBatchHandler("work", async (batch, token) =>
        {
            await Task.Yield();
            await Task.Delay(100, token).ConfigureAwait(false);
            Note(batch);
        }, batch => batch.Size = 2));
        await host.Client.AddBulkAsync([JobSpec.Of("work", ["a"]), JobSpec.Of("work", ["b"])]);

        await host.RunUntilIdleAsync();

        Assert.Equal(["a b"], ran.What);
    }

    [Fact]
    public async Task A_timeout_counts_from_the_start_of_the_batch()
    {
        TimeSpan at = default;
        await using AsyncMQTestHost host = Kit.Host(mq => mq.AddBatchHandler("work", async (batch, token) =>
        {
            try
            {
                await Task.Delay(Timeout.Infinite, token);
            }
            finally
            {
                at = batch[0].Context.Time().GetUtcNow() - Kit.Start;
            }
        }, batch => (batch.Size, batch.Wait, batch.Timeout) = (10, 5.Seconds(), 2.Seconds())));
        JobHandle job = await host.Client.AddAsync("work");

        await host.AdvanceAsync(1.Minutes());

        Assert.Equal(7.Seconds(), at);
        Assert.Equal(JobState.Failed, await host.StateOf(job));
    }

    [Fact]
    public async Task The_token_of_a_batch_fires_when_those_of_all_its_jobs_have()
    {
        var fired = new List<(string, TimeSpan)>();
        await using AsyncMQTestHost host = Kit.Host(mq => mq.AddBatchHandler("work", async (batch, token) =>
        {
            TimeProvider time = batch[0].Context.Time();
            foreach (BatchItem<JobArgs> item in batch)
                item.CancellationToken.Register(() => fired.Add((item.Job[0].GetString()!, time.GetUtcNow() - Kit.Start)));
            try
            {
                await Task.Delay(1.Hours(), time, token);
            }
            finally
            {
                fired.Add(("batch", time.GetUtcNow() - Kit.Start));
            }
        }, batch => batch.Size = 2));
        JobHandle one = await host.Client.AddAsync("work", ["a"], new() { Timeout = 10.Seconds() });
        JobHandle two = await host.Client.AddAsync("work", ["b"], new() { Timeout = 20.Seconds() });

        await host.AdvanceAsync(1.Minutes());

        Assert.Equal([("a", 10.Seconds()), ("b", 20.Seconds()), ("batch", 20.Seconds())], fired);
        Assert.Contains("timeout of 00:00:10", (await host.GetJobAsync(one.Ref))!.Attempts[0].Error!.Message, StringComparison.Ordinal);
        Assert.Contains("timeout of 00:00:20", (await host.GetJobAsync(two.Ref))!.Attempts[0].Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_attempt_that_a_test_fails_never_joins_a_batch()
    {
        await using AsyncMQTestHost host = Host(batch => (batch.Size, batch.Wait, batch.Retries) = (2, 3.Seconds(), 1));
        await host.Client.AddAsync("work", ["a"]);
        JobHandle bad = await host.Client.AddAsync("work", ["b"]);
        host.FailAttempt(bad.Ref);

        await host.AdvanceAsync(1.Minutes());

        Assert.Equal(["a b"], ran.What); // it came again after a second
        Assert.Equal([1.Seconds()], ran.When);
    }

    [Fact]
    public async Task Middleware_stands_around_each_job_of_a_batch_whose_timeout_begins_when_it_runs()
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq
            .AddBatchHandler<string>(
                "work",
                (batch, _) =>
                {
                    foreach (BatchItem<JobArgs, string> item in batch)
                        item.Complete(item.Job[0].GetString()!);
                    return Task.CompletedTask;
                },
                batch => (batch.Size, batch.Wait, batch.Timeout) = (2, 10.Minutes(), 5.Seconds()))
            .AddMiddleware((context, next, token) =>
            {
                context.Args = [$"around {context.Id}"];
                return next(token);
            }));
        JobHandle first = await host.Client.AddAsync("work", null, new() { JobId = "first" });
        await host.AdvanceAsync(1.Minutes());
        JobHandle second = await host.Client.AddAsync("work", null, new() { JobId = "second" });

        await host.RunUntilIdleAsync();

        Assert.Equal(["around first", "around second"], [(await first.WaitAsync()).Get<string>(), (await second.WaitAsync()).Get<string>()]);
    }

    [Fact]
    public async Task A_lost_lease_ends_a_batch_that_waits_and_one_that_runs()
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq.AddBatchHandler("work", async (batch, token) =>
        {
            Note(batch);
            await Task.Delay(batch[0].Context.Stalls == 0 ? 1.Hours() : TimeSpan.Zero, batch[0].Context.Time(), token);
            batch.CompleteRest();
        }, batch => (batch.Size, batch.Wait) = (2, 10.Minutes())));
        await host.Client.AddBulkAsync([JobSpec.Of("work", ["a"]), JobSpec.Of("work", ["b"]), JobSpec.Of("work", ["c"])]);

        await host.LoseLeaseAsync();
        await host.AdvanceAsync(1.Hours());

        Assert.Equal(["a b", "a b", "c"], ran.What);
        Assert.Equal(3, (await host.Client.GetQueue("default").GetStatsAsync()).Completed);
    }

    [Fact]
    public async Task A_host_with_a_batch_that_waits_can_be_disposed()
    {
        AsyncMQTestHost host = Host(batch => (batch.Size, batch.Wait) = (10, 10.Minutes()));
        await host.Client.AddAsync("work", ["a"]);
        await host.RunUntilIdleAsync();

        await host.DisposeAsync().AsTask().WaitAsync(30.Seconds());
    }

    private AsyncMQTestHost Host(Action<BatchOptions> configure) => Kit.Host(mq => mq.AddBatchHandler("work", (batch, _) =>
    {
        Note(batch);
        batch.CompleteRest();
        return Task.CompletedTask;
    }, configure));

    private void Note(JobBatch<JobArgs> batch) => ran.Note(string.Join(' ', batch.Select(item => item.Job[0].GetString())), batch[0].Context);
}
