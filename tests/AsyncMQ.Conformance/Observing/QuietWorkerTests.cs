using AsyncMQ.Conformance.Working;

namespace AsyncMQ.Conformance.Observing;

/// <summary>A worker that is made quiet from outside, and resumed.</summary>
public abstract class QuietWorkerTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task It_finishes_what_it_runs_takes_nothing_new_and_takes_again_when_resumed()
    {
        var gate = new Gate();
        await using AsyncMQHost mq = await Store.Start(mq => mq.AddHandler("work", (_, token) => gate.Pass(token)).AddSleepyWorker());
        await using AsyncMQHost outside = Store.Host();
        await mq.AddMany(1, prefix: "running");
        await gate.SomebodyWaits();
        string id = Assert.Single(await outside.Client.GetWorkersAsync()).Id;

        Assert.True(await outside.Client.QuietWorkerAsync(id));
        await mq.AddMany(1, prefix: "new");
        gate.Open();

        await Store.Until(1, JobState.Completed);
        Assert.Equal(["new-0"], await outside.Ids());
        Assert.True(Assert.Single(await outside.Client.GetWorkersAsync()).IsQuiet);
        Assert.True(await outside.Client.ResumeWorkerAsync(id));
        await Store.Until(2, JobState.Completed);
        Assert.False(Assert.Single(await outside.Client.GetWorkersAsync()).IsQuiet);
    }

    [Fact]
    public async Task What_it_had_fetched_ahead_goes_back_for_others()
    {
        var gate = new Gate();
        await using AsyncMQHost mq = await Store.Start(new Ahead(Store.Store), mq => mq
            .Configure(options => options.TimeProvider = new Frozen())
            .AddHandler("work", (_, token) => gate.Pass(token))
            .AddSleepyWorker(concurrency: 1));
        using var opening = new Opening(gate);
        await Store.AddBulk(Batch("job-0", "job-1", "job-2"));
        await gate.SomebodyWaits();
        await Store.Until(3, JobState.Active);

        await mq.Client.QuietWorkerAsync(Assert.Single(await mq.Client.GetWorkersAsync()).Id);

        await Store.Until(2, JobState.Waiting);
        Assert.Equal(0, (await Store.Get((await mq.Ids())[0])).Attempt);
        gate.Open();
        await Store.Until(1, JobState.Completed);
    }

    [Fact]
    public async Task What_it_had_fetched_ahead_does_not_start_while_a_slow_store_keeps_it_from_going_back()
    {
        Gate[] gates = [new(), new(), new()];
        bool isSlow = false;
        var faulty = new FaultyStore(new Ahead(Store.Store)) { Plan = call => call == StoreCall.Exchange && Volatile.Read(ref isSlow) ? Fault.Waits : Fault.None };
        await using AsyncMQHost mq = await Store.Start(faulty, mq => mq
            .Configure(options => (options.TimeProvider, options.Lease) = (new Frozen(), 1.Seconds()))
            .AddHandler("work", (context, token) => gates[context.Id[^1] - '0'].Pass(token))
            .AddSleepyWorker(concurrency: 1));
        using var opening = new Opening(gates);
        await Store.AddBulk(Batch("job-0", "job-1", "job-2"));
        await gates[0].SomebodyWaits();
        await Store.Until(3, JobState.Active);
        Volatile.Write(ref isSlow, true);
        gates[0].Open();
        await gates[1].SomebodyWaits();

        await mq.Client.QuietWorkerAsync(Assert.Single(await mq.Client.GetWorkersAsync()).Id);
        await KnowsThatItIsQuiet();
        gates[1].Open();
        await KnowsThatItIsQuiet(); // by then the slot has ended its run
        Volatile.Write(ref isSlow, false);
        faulty.Release();

        await Store.Until(1, JobState.Waiting);
        await Store.Until(2, JobState.Completed);
        Assert.Equal(0, gates[2].Entered);
    }

    [Fact]
    public async Task Of_two_workers_the_other_one_drains_the_queue()
    {
        var first = new Ledger();
        var second = new Ledger();
        await using AsyncMQHost quiet = await Store.Start(mq => mq.AddHandler("work", first.Note).AddSleepyWorker());
        await quiet.Client.QuietWorkerAsync(Assert.Single(await quiet.Client.GetWorkersAsync()).Id);
        await using AsyncMQHost other = await Store.Start(mq => mq.AddHandler("work", second.Note).AddSleepyWorker());

        await other.AddMany(50);

        await Store.Until(50, JobState.Completed);
        Assert.Equal((0, 50), (first.Count, second.Count));
        Assert.Equal([true, false], (await other.Client.GetWorkersAsync()).Select(worker => worker.IsQuiet));
    }

    [Fact]
    public async Task It_stays_quiet_when_it_loses_its_session_and_can_be_resumed_under_its_new_id()
    {
        var ran = new Ledger();
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .Configure(options => options.Lease = 1.Seconds())
            .AddHandler("work", ran.Note)
            .AddSleepyWorker());
        SessionRecord lost = await Store.WorkerSession();
        await mq.Client.QuietWorkerAsync(lost.Info.Id.ToString());
        await KnowsThatItIsQuiet();

        await Store.Store.CloseAsync(lost.Info.Id, default);

        await Clients.Until(async () => await Store.Store.SessionsAsync(default) is [var session] && session.Info.Id != lost.Info.Id);
        SessionRecord next = await Store.WorkerSession();
        Assert.True(next.IsQuiet);
        await mq.Client.AddAsync("work");
        Assert.False(await mq.Client.ResumeWorkerAsync(lost.Info.Id.ToString()));
        Assert.Equal((0, 1), (ran.Count, await mq.Count()));
        Assert.True(await mq.Client.ResumeWorkerAsync(next.Info.Id.ToString()));
        await Store.Until(1, JobState.Completed);
    }

    [Fact]
    public async Task A_quiet_worker_drains_and_stops_like_any_other()
    {
        var gate = new Gate();
        AsyncMQHost mq = await Store.Start(mq => mq.AddHandler("work", (_, token) => gate.Pass(token)).AddSleepyWorker());
        await mq.AddMany(1);
        await gate.SomebodyWaits();
        await mq.Client.QuietWorkerAsync(Assert.Single(await mq.Client.GetWorkersAsync()).Id);

        Task stopped = mq.DisposeAsync().AsTask();
        gate.Open();
        await stopped.WaitAsync(Patience, Cancellation);

        Assert.Equal(JobState.Completed, await Store.StateOf("job-0"));
    }

    // When it has renewed twice since, it has heeded the answer to the first.
    private async Task KnowsThatItIsQuiet()
    {
        DateTimeOffset last = await Store.Now();
        for (int renewals = 0; renewals < 2; renewals++)
        {
            await Clients.Until(async () => (await Store.WorkerSession()).RenewedAt > last);
            last = (await Store.WorkerSession()).RenewedAt;
        }
    }

    /// <summary>Gives a worker two jobs more than it has slots for, whatever it asks for.</summary>
    private sealed class Ahead(IJobStore store) : BorrowedStore(store)
    {
        public override ValueTask<ExchangeReply> ExchangeAsync(ExchangeStep step, CancellationToken cancellationToken) =>
            base.ExchangeAsync(step.Slots == 0 ? step : step with { Prefetch = 2, Claims = [new(DefaultQueue, 3)] }, cancellationToken);
    }

    /// <summary>Opens gates at the end, so that a test that fails can stop its host: its clock, which would end the wait for handlers, stands still.</summary>
    private sealed class Opening(params Gate[] gates) : IDisposable
    {
        public void Dispose() => Array.ForEach(gates, gate => gate.Open());
    }

    /// <summary>Stands still, so that nothing that was fetched ahead goes back for having waited too long.</summary>
    private sealed class Frozen : TimeProvider
    {
        private readonly DateTimeOffset now = DateTimeOffset.UtcNow;

        public override DateTimeOffset GetUtcNow() => now;

        public override long GetTimestamp() => 1;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(static _ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}
