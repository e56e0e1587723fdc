namespace AsyncMQ.Conformance.Working;

/// <summary>A store that fails, hangs or loses its replies: the worker never ends, nothing is lost, and nothing runs twice.</summary>
public abstract class StoreFaultTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    private const int StoreFailing = 10;
    private const int StoreRecovered = 11;
    private const int StepRefused = 14;
    private const int StoreAway = 15;

    [Theory]
    [InlineData(0.01)]
    [InlineData(0.1)]
    [InlineData(0.5)]
    public async Task A_store_that_fails_now_and_then_loses_no_job_and_runs_none_twice(double share)
    {
        int seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var ran = new Ledger();
        var lines = new LogLines();
        var faulty = new FaultyStore(Store.Store);
        await using AsyncMQHost mq = await Store.Start(faulty, mq => mq
            .LogTo(lines)
            .AddHandler("work", async (context, token) =>
            {
                await ran.Note(context, token);
                await context.ReportProgressAsync(50, null, token);
                await context.LogAsync("one line", token);
            })
            .AddSleepyWorker());

        faulty.Plan = call =>
        {
            lock (random)
                return random.NextDouble() >= share ? Fault.None : random.Next(2) == 0 ? Fault.Fails : Fault.LosesReply;
        };
        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => mq.Client.AddAsync("work", null, new() { JobId = $"job-{Guid.NewGuid():N}" })));
        await Store.Until(100, JobState.Completed);
        faulty.Heal();

        Assert.Equal(100, ran.Count);
        Assert.Empty(ran.Repeated);
        foreach (string id in ran.Started)
            Assert.Single((await Store.Get(id)).Logs);
        Assert.InRange(lines.Count(StoreFailing) - lines.Count(StoreRecovered), 0, 1);
    }

    [Fact]
    public async Task A_store_that_is_away_for_a_while_is_told_once_and_used_again_at_its_return()
    {
        var ran = new Ledger();
        var lines = new LogLines();
        var gate = new Gate();
        var faulty = new FaultyStore(Store.Store);
        await using AsyncMQHost mq = await Store.Start(faulty, mq => mq
            .LogTo(lines)
            .Configure(options => options.Lease = 1.Hours()) // nobody dies of it
            .AddHandler("held", (_, token) => gate.Pass(token))
            .AddHandler("work", ran.Note)
            .AddSleepyWorker());
        JobHandle held = await mq.Client.AddAsync("held");
        await gate.SomebodyWaits();

        faulty.Break(Fault.Fails);
        gate.Open();
        await Hosts.Until(() => faulty.Faults(StoreCall.Exchange) >= 5);
        await Store.AddBulk([.. Enumerable.Range(0, 10).Select(i => Job($"while-away-{i}"))]);
        faulty.Heal();

        await held.Ends();
        await Store.Until(11, JobState.Completed);
        Assert.Equal((1, 1), (lines.Count(StoreFailing), lines.Count(StoreRecovered)));
        Assert.Equal(10, ran.Count);
    }

    [Fact]
    public async Task Calls_that_never_return_are_given_up_at_their_deadline_and_sent_again()
    {
        var ran = new Ledger();
        var lines = new LogLines();
        var faulty = new FaultyStore(Store.Store);
        await using AsyncMQHost mq = await Store.Start(faulty, mq => mq
            .LogTo(lines)
            .Configure(options => options.StoreCallTimeout = 100.Milliseconds())
            .AddHandler("work", ran.Note)
            .AddSleepyWorker());

        faulty.Break(Fault.Hangs, StoreCall.Exchange, StoreCall.Report, StoreCall.Recover, StoreCall.Maintain);
        await Store.AddBulk(Batch("a", "b", "c"));
        await Hosts.Until(() => faulty.Faults(StoreCall.Exchange) >= 3);
        Assert.Equal(0, ran.Count);
        faulty.Heal();

        await Store.Until(3, JobState.Completed);
        Assert.Equal(1, lines.Count(StoreFailing));
        Assert.Equal(3, ran.Count);
    }

    [Fact]
    public async Task A_call_that_takes_effect_after_it_was_given_up_does_no_harm()
    {
        var ran = new Ledger();
        var faulty = new FaultyStore(Store.Store);
        await using AsyncMQHost mq = await Store.Start(faulty, mq => mq
            .Configure(options => options.StoreCallTimeout = 100.Milliseconds())
            .AddHandler("work", ran.Note)
            .AddSleepyWorker());

        faulty.Break(Fault.Waits, StoreCall.Exchange);
        await Store.AddBulk(Batch("a", "b", "c"));
        await Hosts.Until(() => faulty.Faults(StoreCall.Exchange) >= 3);
        faulty.Release(); // all of them at once, the resends and those given up

        await Store.Until(3, JobState.Completed);
        await (await mq.Client.AddAsync("work")).Ends();
        Assert.Equal(4, ran.Count);
        Assert.Empty(ran.Repeated);
    }

    [Fact]
    public async Task A_try_that_was_given_up_keeps_what_it_was_sent_however_long_it_lives()
    {
        var store = new HangingSettlement(Store.Store);
        await using AsyncMQHost mq = await Store.Start(store, mq => mq
            .Configure(options => options.StoreCallTimeout = 100.Milliseconds())
            .AddHandler("work", (_, _) => Task.CompletedTask)
            .AddSleepyWorker());

        await (await mq.Client.AddAsync("work", null, new() { JobId = "first" })).Ends();
        for (int i = 0; i < 5; i++)
            await (await mq.Client.AddAsync("work")).Ends();

        Assert.Equal("first", Assert.Single(store.Hung!.Settlements).Job.Id);
    }

    [Theory]
    [InlineData(StoreCall.Start, Fault.Fails)]
    [InlineData(StoreCall.Start, Fault.Hangs)]
    [InlineData(StoreCall.Open, Fault.Fails)]
    public async Task Workers_start_by_themselves_when_a_store_that_was_away_at_first_comes_back(StoreCall call, Fault fault)
    {
        var lines = new LogLines();
        var faulty = new FaultyStore(Store.Store);
        faulty.Break(fault, call);
        await using AsyncMQHost mq = await Store.Start(faulty, mq => mq
            .LogTo(lines)
            .Configure(options => options.StoreCallTimeout = 200.Milliseconds())
            .AddHandler("work", (_, _) => Task.CompletedTask)
            .AddSleepyWorker());
        Assert.Equal(1, lines.Count(StoreAway));

        faulty.Heal();
        JobHandle job = await mq.Client.AddAsync("work");

        Assert.Equal(JobState.Completed, (await job.Ends()).State);
        Assert.Equal(1, lines.Count(StoreAway));
    }

    [Fact]
    public async Task An_add_that_meets_a_start_about_to_be_given_up_has_its_own_time()
    {
        var faulty = new FaultyStore(Store.Store);
        faulty.Break(Fault.Hangs, StoreCall.Start);
        await using AsyncMQHost mq = Store.Host(faulty, mq => mq.Configure(options => (options.StoreCallTimeout, options.AddTimeout) = (3.Seconds(), 2.Seconds())));

        Task<JobHandle> early = mq.Client.AddAsync("work");
        await Task.Delay(2.Seconds()); // if it takes longer than the start, the late one makes a start of its own
        faulty.Heal();
        JobHandle late = await mq.Client.AddAsync("work");

        await Assert.ThrowsAsync<StoreException>(() => early);
        Assert.Equal(AddOutcome.Created, late.Outcome);
    }

    [Fact]
    public async Task A_store_that_never_comes_is_told_to_who_adds_and_does_not_hold_up_a_stop()
    {
        var faulty = new FaultyStore(Store.Store);
        faulty.Break(Fault.Fails, StoreCall.Start);
        await using AsyncMQHost mq = await Store.Start(faulty, mq => mq
            .Configure(options => options.StoreCallTimeout = options.AddTimeout = 200.Milliseconds())
            .AddHandler("work", (_, _) => Task.CompletedTask)
            .AddSleepyWorker());

        StoreException error = await Assert.ThrowsAsync<StoreException>(() => mq.Client.AddAsync("work"));

        Assert.Contains("could not be started", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, faulty.Calls(StoreCall.Add));
        await mq.StopAsync(Cancellation);
        Assert.Empty(await Store.Store.QueuesAsync(Cancellation));
    }

    [Fact]
    public async Task A_store_that_refuses_a_step_for_good_costs_the_session_and_never_the_worker()
    {
        var told = new TaskCompletionSource<JobCancellationReason>(TaskCreationOptions.RunContinuationsAsynchronously);
        var lines = new LogLines();
        var gate = new Gate();
        var faulty = new FaultyStore(Store.Store);
        await using AsyncMQHost mq = await Store.Start(faulty, mq => mq
            .LogTo(lines)
            .Configure(options => options.Lease = 1.Seconds())
            .AddHandler("held", async (context, token) =>
            {
                if (context.Stalls > 0)
                    return;
                gate.Open();
                await Task.Delay(Timeout.Infinite, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                told.SetResult(context.CancellationReason);
            })
            .AddHandler("work", (_, _) => Task.CompletedTask)
            .AddSleepyWorker());
        JobHandle held = await mq.Client.AddAsync("held");
        await gate.Pass(Cancellation);

        faulty.BreakNext(Fault.Refuses, StoreCall.Exchange);
        JobHandle next = await mq.Client.AddAsync("work");

        Assert.Equal(JobCancellationReason.LeaseLost, await told.Task.WaitAsync(Patience, Cancellation));
        Assert.Equal(JobState.Completed, (await next.Ends()).State);
        Assert.Equal(JobState.Completed, (await held.Ends()).State);
        Assert.Equal((1, 0), (lines.Count(StepRefused), lines.Count(StoreFailing)));
    }

    [Fact]
    public async Task Of_every_exchange_the_first_reply_is_lost_and_each_job_runs_once()
    {
        int exchanges = 0;
        var ran = new Ledger();
        var faulty = new FaultyStore(Store.Store);
        faulty.Plan = call => call == StoreCall.Exchange && Interlocked.Increment(ref exchanges) % 2 == 1 ? Fault.LosesReply : Fault.None;
        await using AsyncMQHost mq = await Store.Start(faulty, mq => mq
            .AddHandler("work", (context, token) =>
            {
                ran.Note(context, token);
                return context.Attempt == 1 ? throw new InvalidOperationException("the first time") : Task.CompletedTask;
            }, handler => (handler.Retries, handler.Backoff) = (1, Backoff.None))
            .AddSleepyWorker());

        await mq.AddMany(50);
        await Store.Until(50, JobState.Completed);

        Assert.Equal(100, ran.Count);
        for (int i = 0; i < 50; i++)
            Assert.Equal(2, (await Store.Get($"job-{i}")) is var record ? record.Attempt : 0);
        Assert.True(faulty.Faults(StoreCall.Exchange) > 1);
    }

    [Fact]
    public async Task Of_every_report_the_first_reply_is_lost_and_each_line_is_stored_once()
    {
        int reports = 0;
        var faulty = new FaultyStore(Store.Store);
        faulty.Plan = call => call == StoreCall.Report && Interlocked.Increment(ref reports) % 2 == 1 ? Fault.LosesReply : Fault.None;
        await using AsyncMQHost mq = await Store.Start(faulty, mq => mq
            .AddHandler("work", async (context, token) =>
            {
                for (int i = 0; i < 5; i++)
                    await context.LogAsync($"line {i}", token);
            })
            .AddSleepyWorker());

        JobHandle job = await mq.Client.AddAsync("work");
        await job.Ends();

        Assert.Equal(["line 0", "line 1", "line 2", "line 3", "line 4"], (await mq.Get(job.Ref)).Logs.Select(line => line.Text));
        Assert.True(faulty.Faults(StoreCall.Report) > 1);
    }

    [Fact]
    public async Task Renewals_that_fail_are_told_once()
    {
        var lines = new LogLines();
        var faulty = new FaultyStore(Store.Store);
        await using AsyncMQHost mq = await Store.Start(faulty, mq => mq
            .LogTo(lines)
            .Configure(options => options.Lease = 1.Seconds())
            .AddHandler("work", (_, _) => Task.CompletedTask)
            .AddSleepyWorker());

        faulty.Break(Fault.Fails, StoreCall.Renew, StoreCall.Recover);
        await Hosts.Until(() => faulty.Faults(StoreCall.Renew) >= 3);
        faulty.Heal();

        await (await mq.Client.AddAsync("work")).Ends();
        Assert.Single(lines.Of(21));
    }

    [Fact]
    public async Task A_report_that_finds_no_store_within_the_time_fails_the_attempt_that_made_it()
    {
        var faulty = new FaultyStore(Store.Store);
        await using AsyncMQHost mq = await Store.Start(faulty, mq => mq
            .Configure(options => options.AddTimeout = 2.Seconds())
            .AddHandler("work", (context, token) => context.ReportProgressAsync(1, null, token))
            .AddSleepyWorker());

        faulty.Break(Fault.Fails, StoreCall.Report);
        JobNotCompletedException end = await (await mq.Client.AddAsync("work")).EndsOtherwise();

        Assert.Equal(typeof(StoreException).FullName, end.Error!.Type);
    }

    [Fact]
    public async Task A_host_that_only_produced_is_disposed_though_the_store_never_answers_its_farewell()
    {
        var faulty = new FaultyStore(Store.Store);
        AsyncMQHost mq = Store.Host(faulty, mq => mq.Configure(options => options.StoreCallTimeout = 200.Milliseconds()));
        await mq.Client.AddAsync("work");
        faulty.Break(Fault.Hangs, StoreCall.Close);

        await mq.DisposeAsync().AsTask().WaitAsync(Patience);

        Assert.Equal(1, faulty.Faults(StoreCall.Close));
    }

    /// <summary>Its first settlement gets no answer.</summary>
    private sealed class HangingSettlement(IJobStore store) : BorrowedStore(store)
    {
        public ExchangeStep? Hung { get; private set; }

        public override ValueTask<ExchangeReply> ExchangeAsync(ExchangeStep step, CancellationToken cancellationToken)
        {
            if (Hung is not null || step.Settlements.Count == 0)
                return base.ExchangeAsync(step, cancellationToken);
            Hung = step;
            return new(new TaskCompletionSource<ExchangeReply>().Task);
        }
    }
}
