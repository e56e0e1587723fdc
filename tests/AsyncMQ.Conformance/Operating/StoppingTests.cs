using AsyncMQ.Conformance.Working;

namespace AsyncMQ.Conformance.Operating;

/// <summary>Cancelling and removing jobs while their handlers run, in this process and from another. Source: CN-01 … CN-05, K-04, A-17.</summary>
public abstract class StoppingTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("reference", "CN-03")]
    public async Task The_token_of_a_running_handler_fires_whichever_process_cancels_it(bool fromAnother)
    {
        var handler = new Stubborn(obeys: true);
        await using AsyncMQHost mq = await Store.Start(mq => mq.AddHandler("work", handler.Run).AddSleepyWorker());
        await using AsyncMQHost other = Store.Host();
        JobHandle job = await mq.Queue().AddAsync("work", null, new() { JobId = "a" });
        await handler.Started.WaitAsync(Patience);
        Task<JobNotCompletedException> ended = job.EndsOtherwise();

        Assert.Equal(new(JobChangeOutcome.Requested, JobState.Active), await (fromAnother ? other : mq).Queue().CancelJobAsync("a"));

        Assert.Equal(JobCancellationReason.Cancelled, await handler.Told.WaitAsync(Patience));
        Assert.Equal(JobState.Cancelled, (await ended).State);
        Assert.Equal(JobState.Cancelled, await other.Queue().GetJobStateAsync("a"));
    }

    [Theory]
    [InlineData("returns")]
    [InlineData("throws")]
    [InlineData("puts back")]
    [Trait("reference", "CN-03, CN-04")]
    public async Task Until_it_returns_the_job_stays_active_and_then_it_is_cancelled_whatever_it_did(string end)
    {
        var handler = new Stubborn(obeys: false) { End = end };
        await using AsyncMQHost mq = await Store.Start(mq => mq.AddHandler("work", handler.Run, options => options.Retries = 3).AddSleepyWorker(concurrency: 1));
        JobHandle job = await mq.Queue().AddAsync("work", null, new() { JobId = "a" });
        await handler.Started.WaitAsync(Patience);
        Task<JobNotCompletedException> ended = job.EndsOtherwise();

        await mq.Queue().CancelJobAsync("a");
        await handler.Told.WaitAsync(Patience);
        await mq.Queue().AddAsync("work", null, new() { JobId = "next" });

        JobInfo running = await mq.Get(job.Ref);
        Assert.Equal((JobState.Active, true), (running.State, running.IsCancelRequested));
        Assert.Equal(JobState.Waiting, await mq.Queue().GetJobStateAsync("next")); // its slot is still taken
        Assert.Equal(AddOutcome.Duplicate, (await mq.Queue().AddAsync("work", null, new() { JobId = "a" })).Outcome);
        Assert.Equal(JobChangeOutcome.Requested, (await mq.Queue().CancelJobAsync("a")).Outcome);

        handler.LetGo();

        Assert.Equal(JobState.Cancelled, (await ended).State);
        JobInfo cancelled = await mq.Get(job.Ref);
        Assert.Equal((JobState.Cancelled, false, false), (cancelled.State, cancelled.Result.HasValue, cancelled.IsCancelRequested));
        await Store.Until(new(DefaultQueue, "next"), JobState.Active);
        await mq.Queue().CancelJobAsync("next");
        await Store.Until(new(DefaultQueue, "next"), JobState.Cancelled);
    }

    [Fact]
    [Trait("reference", "K-04, CN-05")]
    public async Task The_id_of_a_cancelled_job_makes_a_new_job_that_runs()
    {
        await using AsyncMQHost mq = Store.Host();
        await mq.Queue().AddAsync("work", ["old"], new() { JobId = "a" });
        await mq.Queue().CancelJobAsync("a");
        Assert.Equal(JobChangeOutcome.WrongState, (await mq.Queue().CancelJobAsync("a")).Outcome);

        JobHandle anew = await mq.Queue().AddAsync("work", ["new"], new() { JobId = "a" });

        Assert.Equal(AddOutcome.Created, anew.Outcome);
        Worker worker = await Store.OpenWorker();
        ClaimedJob claim = await worker.ClaimOne();
        Assert.Equal("[\"new\"]", claim.Payload.Text());
        Assert.Equal(SettleOutcome.Applied, await worker.Complete(claim));
    }

    [Fact]
    [Trait("reference", "CN-01, CN-05")]
    public async Task Cancelling_what_is_not_there_leaves_no_mark_for_a_later_job()
    {
        await using AsyncMQHost mq = Store.Host();

        Assert.Equal(new(JobChangeOutcome.NotFound, null), await mq.Queue().CancelJobAsync("a"));
        await mq.Queue().AddAsync("work", null, new() { JobId = "a" });

        Worker worker = await Store.OpenWorker();
        Assert.Equal(SettleOutcome.Applied, await worker.Complete(await worker.ClaimOne()));
    }

    [Theory]
    [InlineData(JobState.Completed)]
    [InlineData(JobState.Failed)]
    [Trait("reference", "CN-01")]
    public async Task Cancelling_an_ended_job_leaves_its_result_and_its_error_alone(JobState state)
    {
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddHandler("work", (_, _) => state == JobState.Completed ? Task.FromResult(42) : throw new InvalidOperationException("no"))
            .AddWorker(DefaultQueue));
        await mq.Queue().AddAsync("work", null, new() { JobId = "a" });
        await Store.Until(new(DefaultQueue, "a"), state);

        Assert.Equal(new(JobChangeOutcome.WrongState, state), await mq.Queue().CancelJobAsync("a"));

        JobInfo job = await mq.Get(new(DefaultQueue, "a"));
        Assert.Equal(state, job.State);
        if (state == JobState.Completed)
            Assert.Equal(42, job.Result.Get<int>());
        else
            Assert.Equal("no", job.Error!.Message);
    }

    [Fact]
    [Trait("reference", "A-17")]
    public async Task A_running_job_that_is_removed_stays_removed_and_its_handler_is_told()
    {
        var handler = new Stubborn(obeys: true);
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddHandler("work", handler.Run)
            .Configure(options => options.Lease = 1.Seconds())
            .AddSleepyWorker());
        JobHandle job = await mq.Queue().AddAsync("work", null, new() { JobId = "a" });
        await handler.Started.WaitAsync(Patience);
        Task<JobNotCompletedException> gone = job.EndsOtherwise();

        Assert.Equal(new(JobChangeOutcome.Done, JobState.Active), await mq.Queue().RemoveJobAsync("a"));
        Assert.Null((await gone).State);
        JobHandle anew = await mq.Queue().AddAsync("work", ["new"], new() { JobId = "a", Delay = 1.Hours() });

        Assert.Equal(JobCancellationReason.LeaseLost, await handler.Told.WaitAsync(Patience));
        await mq.StopAsync();
        Assert.Equal(AddOutcome.Created, anew.Outcome);
        Assert.Equal(JobState.Delayed, await mq.Queue().GetJobStateAsync("a"));
    }

    [Fact]
    [Trait("reference", "K-04, A-17")]
    public async Task Whoever_waits_for_a_removed_job_does_not_wait_for_another_of_its_id()
    {
        var looks = new NotedLooks(Store.Store);
        await using AsyncMQHost mq = Store.Host(looks);
        JobHandle job = await mq.Queue().AddAsync("work", null, new() { JobId = "a" });
        Task<JobNotCompletedException> gone = job.EndsOtherwise();
        await looks.First.WaitAsync(Patience);

        await Store.Do(JobCommand.Remove, "a");
        await mq.Queue().AddAsync("work", null, new() { JobId = "a" });

        Assert.Null((await gone).State);
    }

    [Fact]
    [Trait("reference", "DL-04")]
    public async Task A_delayed_job_that_is_removed_leaves_nothing_behind()
    {
        await using AsyncMQHost mq = Store.Host();
        await mq.Queue().AddAsync("work", null, new() { JobId = "a", Delay = 1.Hours(), Deduplication = Deduplication.Simple("x") });

        Assert.True(await mq.Queue().RemoveDelayedAsync("a"));

        Assert.Null(await mq.Queue().GetJobAsync("a"));
        Assert.Equal(0, await mq.Queue().GetJobCountAsync());
        Assert.Null(await mq.Queue().GetDeduplicationJobIdAsync("x"));
        Assert.False(await mq.Queue().RemoveDelayedAsync("a"));
        Assert.Equal(AddOutcome.Created, (await mq.Queue().AddAsync("work", null, new() { JobId = "a" })).Outcome);
    }

    [Fact]
    public async Task Many_running_handlers_are_stopped_by_one_query()
    {
        var gate = new Gate();
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddHandler("work", (_, token) => gate.Pass(token))
            .AddWorker(DefaultQueue, worker => worker.Concurrency = 50));
        await mq.AddMany(80);
        await Hosts.Until(() => gate.Entered == 50);

        Assert.Equal(80, await mq.Queue().CancelAsync(new() { Name = "work" }));

        await Store.Until(80, JobState.Cancelled);
    }

    /// <summary>Tells when a job was first looked at.</summary>
    private sealed class NotedLooks(IJobStore store) : BorrowedStore(store)
    {
        private readonly TaskCompletionSource first = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task First => first.Task;

        public override async ValueTask<IReadOnlyList<JobRecord?>> FindAsync(IReadOnlyList<JobRef> jobs, JobParts parts, CancellationToken cancellationToken)
        {
            IReadOnlyList<JobRecord?> found = await base.FindAsync(jobs, parts, cancellationToken);
            first.TrySetResult();
            return found;
        }
    }

    /// <summary>A handler that runs until it is stopped, or until the test lets it go.</summary>
    private sealed class Stubborn(bool obeys)
    {
        private readonly TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource<JobCancellationReason> told = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource free = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Started => started.Task;

        public Task<JobCancellationReason> Told => told.Task;

        public string End { get; init; } = "throws";

        public void LetGo() => free.TrySetResult();

        public async Task<int> Run(JobContext context, CancellationToken cancellationToken)
        {
            started.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            told.TrySetResult(context.CancellationReason);
            if (obeys)
                cancellationToken.ThrowIfCancellationRequested();
            await free.Task;
            return End switch
            {
                "returns" => 42,
                "puts back" => throw new RetryJobException(TimeSpan.Zero),
                _ => throw new InvalidOperationException("no"),
            };
        }
    }
}
