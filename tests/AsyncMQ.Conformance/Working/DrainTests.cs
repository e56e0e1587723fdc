using Microsoft.Extensions.DependencyInjection;

namespace AsyncMQ.Conformance.Working;

/// <summary>How workers stop: what runs may end, what does not end in time goes back, and stopping always ends.</summary>
public abstract class DrainTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task Running_handlers_may_end_and_nothing_else_is_started()
    {
        var ran = new Ledger();
        var gate = new Gate();
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddHandler("work", (context, token) => ran.NoteWhile(context, () => gate.Pass(token)))
            .AddWorker(DefaultQueue, worker => worker.Concurrency = 2));
        await mq.AddMany(20);
        await Hosts.Until(() => gate.Entered == 2);

        Task stopping = mq.StopAsync();
        gate.Open();
        await stopping.WaitAsync(Patience);

        Assert.Equal(2, await Store.Count(JobState.Completed));
        Assert.Equal(18, await Store.Count(JobState.Waiting));
        Assert.Equal(2, ran.Count);
        Assert.Empty(await Store.Store.SessionsAsync(default));
    }

    [Fact]
    public async Task A_handler_that_is_not_done_by_the_deadline_is_told_and_its_job_goes_back_uncounted()
    {
        var lines = new LogLines();
        var gate = new Gate();
        var reason = new TaskCompletionSource<JobCancellationReason>();
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .LogTo(lines)
            .AddHandler("work", async (context, token) =>
            {
                try
                {
                    await gate.Pass(token);
                }
                finally
                {
                    reason.SetResult(context.CancellationReason);
                }
            })
            .AddWorker(DefaultQueue, worker => worker.ShutdownTimeout = 50.Milliseconds()));
        JobHandle job = await mq.Client.AddAsync("work");
        await gate.SomebodyWaits();

        await mq.StopAsync().WaitAsync(Patience);

        Assert.Equal(JobCancellationReason.HostStopping, await reason.Task.WaitAsync(Patience));
        JobRecord record = await Store.Get(job.Id);
        Assert.Equal((JobState.Waiting, 0, 0), (record.State, record.Attempt, record.Stalls));
        Assert.Contains("1 unfinished", Assert.Single(lines.Of(3)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_wraps_its_cancellation_does_not_fail_the_job_of_a_stopping_host()
    {
        var gate = new Gate();
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddHandler("work", async (_, token) =>
            {
                await gate.Pass(token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                throw new IOException("The connection was closed.");
            })
            .AddWorker(DefaultQueue, worker => worker.ShutdownTimeout = TimeSpan.Zero));
        JobHandle job = await mq.Client.AddAsync("work");
        await gate.SomebodyWaits();

        await mq.StopAsync().WaitAsync(Patience);

        Assert.Equal((JobState.Waiting, 0), (await Store.Get(job.Id)) is var record ? (record.State, record.Attempt) : default);
    }

    [Fact]
    public async Task A_handler_that_ends_well_after_it_was_told_completes()
    {
        var gate = new Gate();
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddHandler("work", async (_, token) => await gate.Pass(token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing))
            .AddWorker(DefaultQueue, worker => worker.ShutdownTimeout = TimeSpan.Zero));
        JobHandle job = await mq.Client.AddAsync("work");
        await gate.SomebodyWaits();

        await mq.StopAsync().WaitAsync(Patience);

        Assert.Equal(JobState.Completed, await Store.StateOf(job.Id));
    }

    [Fact]
    public async Task The_hosts_own_deadline_ends_the_wait_before_the_workers()
    {
        var gate = new Gate();
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddHandler("work", (_, token) => gate.Pass(token))
            .AddWorker(DefaultQueue, worker => worker.ShutdownTimeout = 1.Hours()));
        JobHandle job = await mq.Client.AddAsync("work");
        await gate.SomebodyWaits();
        using var deadline = new CancellationTokenSource(50);

        await mq.StopAsync(deadline.Token).WaitAsync(Patience);

        Assert.Equal(JobState.Waiting, await Store.StateOf(job.Id));
    }

    [Fact]
    public async Task A_handler_that_does_not_heed_its_token_is_abandoned_and_its_late_word_changes_nothing()
    {
        var gate = new Gate();
        var late = new TaskCompletionSource<Exception?>();
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddHandler("work", async (context, _) =>
            {
                await gate.PassWithoutHeed();
                late.SetResult(await Record.ExceptionAsync(() => context.ReportProgressAsync(99)));
                return "late word";
            })
            .AddWorker(DefaultQueue, worker => worker.ShutdownTimeout = TimeSpan.Zero));
        JobHandle job = await mq.Client.AddAsync("work");
        await gate.SomebodyWaits();

        await mq.StopAsync().WaitAsync(Patience);
        Assert.Equal((JobState.Waiting, 0), (await Store.Get(job.Id)) is var record ? (record.State, record.Attempt) : default);
        gate.Open();
        Assert.IsAssignableFrom<OperationCanceledException>(await late.Task.WaitAsync(Patience));

        await using AsyncMQHost other = await Store.Start(mq => mq.AddHandler("work", (_, _) => Task.FromResult("the other's word")).AddWorker(DefaultQueue));
        Assert.Equal("the other's word", (await job.Ends()).Get<string>());
        Assert.True((await Store.Get(job.Id)).Progress.IsEmpty);
    }

    [Theory]
    [InlineData(Fault.Fails)]
    [InlineData(Fault.Hangs)]
    public async Task Stopping_ends_while_the_store_is_down(Fault fault)
    {
        var gate = new Gate();
        var faulty = new FaultyStore(Store.Store);
        await using AsyncMQHost mq = await Store.Start(faulty, mq => mq
            .Configure(options => options.StoreCallTimeout = 500.Milliseconds())
            .AddHandler("work", (_, token) => gate.Pass(token))
            .AddWorker(DefaultQueue, worker => worker.ShutdownTimeout = 100.Milliseconds()));
        JobHandle job = await mq.Client.AddAsync("work");
        await gate.SomebodyWaits();

        faulty.Break(fault);
        gate.Open();
        await mq.StopAsync().WaitAsync(2 * Patience);
        faulty.Heal();

        // Its lease does what the worker could not.
        Assert.Equal(JobState.Active, await Store.StateOf(job.Id));
        Worker other = await Store.OpenWorker();
        await Store.Pass(20.Seconds(), other);
        await Store.Recover();
        Assert.Equal(JobState.Waiting, await Store.StateOf(job.Id));
    }

    [Fact]
    public async Task A_claim_that_is_answered_after_the_stop_began_is_not_started()
    {
        var ran = new Ledger();
        var faulty = new FaultyStore(Store.Store);
        await using AsyncMQHost mq = await Store.Start(faulty, mq => mq.AddHandler("work", ran.Note).AddSleepyWorker());
        await (await mq.Client.AddAsync("work")).Ends();

        faulty.Break(Fault.Waits, StoreCall.Exchange);
        JobHandle job = await mq.Client.AddAsync("work");
        await Hosts.Until(() => faulty.Faults(StoreCall.Exchange) > 0);
        Task stopping = mq.StopAsync();
        faulty.Release();
        await stopping.WaitAsync(Patience);

        Assert.Equal(1, ran.Count);
        Assert.Equal((JobState.Waiting, 0), (await Store.Get(job.Id)) is var record ? (record.State, record.Attempt) : default);
    }

    [Fact]
    public async Task Jobs_fetched_ahead_go_back_when_the_running_ones_take_long()
    {
        int most = 0;
        var gate = new Gate();
        var faulty = new FaultyStore(Store.Store) { OnExchanged = (_, reply) => most = Math.Max(most, reply.Claimed.Count) };
        await using AsyncMQHost mq = Store.Host(faulty, mq => mq
            .AddHandler("quick", (_, _) => Task.CompletedTask)
            .AddHandler("slow", (_, token) => gate.Pass(token))
            .AddWorker(DefaultQueue, worker => worker.Concurrency = 1));
        await mq.AddMany(200, "quick", prefix: "quick");
        await mq.AddMany(50, "slow", prefix: "slow");

        await mq.StartAsync();
        await gate.SomebodyWaits();
        await Store.Until(1, JobState.Active);
        Assert.True(most > 1, "Nothing was fetched ahead, so this test shows nothing.");
        await mq.StopAsync(new CancellationToken(canceled: true)).WaitAsync(Patience);

        Assert.Equal(50, await Store.Count(JobState.Waiting));
        Assert.Equal(1, gate.Entered);
        foreach (string id in await Store.Page(JobState.Waiting))
            Assert.Equal(0, (await Store.Get(id)).Attempt);
        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"slow-{i}"), await Store.Page(JobState.Waiting));
    }

    [Fact]
    public async Task Disposing_drains_and_lets_running_handlers_add_jobs()
    {
        var gate = new Gate();
        AsyncMQHost mq = await Store.Start(mq => mq
            .AddHandler("work", async (context, token) =>
            {
                await gate.Pass(token);
                await context.Services.GetRequiredService<IJobClient>().AddAsync("next", null, new() { JobId = "next" }, token);
            })
            .AddWorker(DefaultQueue, worker => worker.Concurrency = 1));
        JobHandle job = await mq.Client.AddAsync("work");
        await gate.SomebodyWaits();

        Task disposing = mq.DisposeAsync().AsTask();
        gate.Open();
        await disposing.WaitAsync(Patience);

        Assert.Equal(JobState.Completed, await Store.StateOf(job.Id));
        Assert.Equal(JobState.Waiting, await Store.StateOf("next"));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => mq.Client.AddAsync("work"));
    }

    [Fact]
    public async Task Workers_can_be_started_again_after_a_stop()
    {
        await using AsyncMQHost mq = await Store.Start(mq => mq.AddHandler("work", (_, _) => Task.CompletedTask).AddSleepyWorker());
        for (int round = 0; round < 3; round++)
        {
            await (await mq.Client.AddAsync("work")).Ends();
            await mq.StopAsync().WaitAsync(Patience);
            JobHandle held = await mq.Client.AddAsync("work");
            Assert.Equal(JobState.Waiting, await Store.StateOf(held.Id));
            await mq.StartAsync();
            await held.Ends();
        }
    }

    [Fact]
    public async Task Starting_twice_at_once_starts_the_workers_once()
    {
        await using AsyncMQHost mq = Store.Host(mq => mq.AddHandler("work", (_, _) => Task.CompletedTask).AddSleepyWorker());

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => mq.StartAsync())));

        Assert.Single(await Store.Store.SessionsAsync(default));
    }

    [Fact]
    public async Task A_start_that_found_no_store_can_be_stopped_and_made_again()
    {
        var faulty = new FaultyStore(Store.Store);
        await using AsyncMQHost mq = Store.Host(faulty, mq => mq.AddHandler("work", (_, _) => Task.CompletedTask).AddSleepyWorker());
        faulty.Break(Fault.Fails, StoreCall.Open);
        await mq.StartAsync();
        await mq.StopAsync();
        int tries = faulty.Calls(StoreCall.Open);

        faulty.Heal();
        Assert.Empty(await Store.Store.SessionsAsync(Cancellation));
        Assert.Equal(tries, faulty.Calls(StoreCall.Open));
        await mq.StartAsync();

        await (await mq.Client.AddAsync("work")).Ends();
    }

    [Fact]
    public async Task Stopping_under_load_again_and_again_loses_no_job_and_runs_none_twice()
    {
        var ran = new Ledger();
        await using AsyncMQHost mq = Store.Host(mq => mq.AddHandler("work", async (context, token) =>
        {
            await Task.Delay(1, CancellationToken.None);
            await ran.Note(context, token);
        }).AddWorker(DefaultQueue));
        await mq.AddMany(500);

        while (await Store.Count(JobState.Completed) < 500)
        {
            await mq.StartAsync();
            int before = ran.Count;
            await Hosts.Until(() => ran.Count > before || ran.Count == 500);
            await mq.StopAsync().WaitAsync(Patience);
            Assert.Equal(0, await Store.Count(JobState.Active));
        }

        Assert.Empty(ran.Repeated);
        Assert.Equal(500, ran.Count);
    }
}
