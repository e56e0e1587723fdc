namespace AsyncMQ.Conformance;

/// <summary>Adds to a store that fails, forgets or does not answer: a job is stored once, or its caller is told that nobody knows.</summary>
public abstract class UncertainAddTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    private static readonly Func<AddStep, Func<Task<AddReply>>, Task<AddReply>> NoAnswer = (_, _) => new TaskCompletionSource<AddReply>().Task;

    public static TheoryData<bool, Type> Failures => new()
    {
        { false, typeof(StoreException) },
        { true, typeof(StoreException) },
        { false, typeof(InvalidOperationException) },
        { true, typeof(TimeoutException) },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Adds_to_a_store_that_fails_for_a_while_succeed_once(bool afterTheEffect, Type failure)
    {
        var store = new WatchedAdds(Store.Store);
        int failures = 0;
        store.OnAdd = async (_, add) =>
        {
            if (afterTheEffect)
                await add();
            return Interlocked.Increment(ref failures) > 4 ? await add() : throw (Exception)Activator.CreateInstance(failure, failure == typeof(StoreException) ? ["away", null] : ["away"])!;
        };
        await using AsyncMQHost mq = Store.Host(store);

        JobHandle[] handles = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => mq.Client.AddAsync("a", [i], new() { JobId = $"job-{i}" })));

        Assert.All(handles, handle => Assert.Equal(AddOutcome.Created, handle.Outcome));
        Assert.Equal(20, await mq.Count());
        Assert.Single(store.Steps.Take(5).Select(step => step.Step).Distinct());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_session_lost_between_tries_still_makes_one_job(bool customId)
    {
        var store = new WatchedAdds(Store.Store);
        int tries = 0;
        store.OnAdd = async (step, add) =>
        {
            AddReply reply = await add();
            if (++tries > 1)
                return reply;
            await Store.Store.CloseAsync(step.Step.Session, default);
            throw new StoreException("The reply was lost on its way.");
        };
        await using AsyncMQHost mq = Store.Host(store);

        JobHandle handle = await mq.Client.AddAsync("a", [], new() { JobId = customId ? "one" : null });

        Assert.Equal(AddOutcome.Created, handle.Outcome);
        Assert.Equal([handle.Id], await mq.Ids());
        Assert.Equal(2, store.Steps.Select(step => step.Step.Session).Distinct().Count());
    }

    [Fact]
    public async Task A_session_lost_between_tries_does_not_hide_that_the_job_ran()
    {
        Worker worker = await Store.OpenWorker();
        var store = new WatchedAdds(Store.Store);
        int tries = 0;
        store.OnAdd = async (step, add) =>
        {
            AddReply reply = await add();
            if (++tries > 1)
                return reply;
            await worker.Complete(await worker.ClaimOne());
            await Store.Store.CloseAsync(step.Step.Session, default);
            throw new StoreException("The reply was lost on its way.");
        };
        await using AsyncMQHost mq = Store.Host(store);

        JobHandle handle = await mq.Client.AddAsync("a");

        Assert.Equal(AddOutcome.Created, handle.Outcome);
        Assert.Equal(JobState.Completed, await mq.Queue().GetJobStateAsync(handle.Id));
        Assert.Equal(0, await mq.Count());
    }

    [Fact]
    public async Task A_store_that_forgot_the_session_gets_a_new_one()
    {
        var store = new WatchedAdds(Store.Store);
        await using AsyncMQHost mq = Store.Host(store);
        await mq.Client.AddAsync("a");
        await Store.Store.CloseAsync(store.Steps[0].Step.Session, default);

        Assert.Equal(AddOutcome.Created, (await mq.Client.AddAsync("a")).Outcome);
        Assert.Equal(2, await mq.Count());
    }

    [Theory]
    [InlineData(true, AddOutcome.Duplicate)]
    [InlineData(false, AddOutcome.Created)]
    public async Task An_add_that_is_never_answered_names_its_job_and_can_be_added_again(bool tookEffect, AddOutcome outcomeOfAgain)
    {
        var store = new WatchedAdds(Store.Store);
        store.OnAdd = async (step, add) =>
        {
            if (tookEffect)
                await add();
            return await NoAnswer(step, add);
        };
        await using AsyncMQHost mq = Store.Host(store, Impatient);

        AddOutcomeUnknownException unknown = await Assert.ThrowsAsync<AddOutcomeUnknownException>(() => mq.Client.AddAsync("a", [1]));

        JobRef job = Assert.Single(unknown.Jobs);
        Assert.Contains($"job {job}", unknown.Message, StringComparison.Ordinal);
        Assert.Contains("did not answer", unknown.InnerException!.Message, StringComparison.Ordinal);
        store.OnAdd = (_, add) => add();
        JobHandle again = await mq.Client.AddAsync("a", [1], new() { JobId = job.Id });
        Assert.Equal((outcomeOfAgain, job), (again.Outcome, again.Ref));
        Assert.Equal([job.Id], await mq.Ids());
    }

    [Fact]
    public async Task A_store_that_only_fails_is_unknown_too()
    {
        var store = new WatchedAdds(Store.Store) { OnAdd = (_, _) => throw new StoreException("away") };
        await using AsyncMQHost mq = Store.Host(store, Impatient);

        AddOutcomeUnknownException unknown = await Assert.ThrowsAsync<AddOutcomeUnknownException>(() => mq.Client.AddAsync("a", [], new() { JobId = "one" }));

        Assert.Equal([new JobRef("default", "one")], unknown.Jobs);
        Assert.Equal("away", unknown.InnerException!.Message);
        Assert.True(store.Steps.Count > 1);
    }

    [Fact]
    public async Task A_bulk_that_is_never_answered_names_all_its_jobs()
    {
        var store = new WatchedAdds(Store.Store) { OnAdd = NoAnswer };
        await using AsyncMQHost mq = Store.Host(store, Impatient);

        AddOutcomeUnknownException unknown = await Assert.ThrowsAsync<AddOutcomeUnknownException>(() =>
            mq.Client.AddBulkAsync([JobSpec.Of("a", [], new() { JobId = "one" }), JobSpec.Of("b") with { Queue = "other" }]));

        Assert.Equal(["default", "other"], unknown.Jobs.Select(job => job.Queue));
        Assert.Contains("2 jobs, the first default/one", unknown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_cannot_write_says_so_at_once()
    {
        var store = new WatchedAdds(Store.Store) { OnAdd = (_, _) => throw new StoreRejectedException("The disk is full.") };
        await using AsyncMQHost mq = Store.Host(store);

        StoreRejectedException rejected = await Assert.ThrowsAsync<StoreRejectedException>(() => mq.Client.AddAsync("a"));

        Assert.Equal("The disk is full.", rejected.Message);
        Assert.Single(store.Steps);
        store.OnAdd = (_, add) => add();
        Assert.Equal(AddOutcome.Created, (await mq.Client.AddAsync("a")).Outcome);
    }

    [Fact]
    public async Task Cancelling_an_add_that_was_sent_abandons_only_the_wait()
    {
        var store = new WatchedAdds(Store.Store);
        var gate = new TaskCompletionSource();
        store.OnAdd = async (_, add) =>
        {
            await gate.Task;
            return await add();
        };
        await using AsyncMQHost mq = Store.Host(store);
        using var source = new CancellationTokenSource();
        Task<JobHandle> add = mq.Client.AddAsync("a", [], new() { JobId = "one" }, source.Token);
        await Clients.Until(() => Task.FromResult(store.Steps.Count == 1));

        await source.CancelAsync();
        OperationCanceledException cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => add);
        Assert.Equal(source.Token, cancelled.CancellationToken);
        Assert.Equal(0, await mq.Count());
        gate.SetResult();

        await Clients.Until(async () => await mq.Count() == 1);
        Assert.Equal(AddOutcome.Duplicate, (await mq.Client.AddAsync("a", [], new() { JobId = "one" })).Outcome);
    }

    [Fact]
    public async Task A_cancelled_add_does_not_disturb_those_behind_it()
    {
        var store = new WatchedAdds(Store.Store);
        var gate = new TaskCompletionSource();
        store.OnAdd = async (_, add) =>
        {
            await gate.Task;
            return await add();
        };
        await using AsyncMQHost mq = Store.Host(store);
        using var source = new CancellationTokenSource();
        Task<JobHandle> first = mq.Client.AddAsync("a", [], null, source.Token);
        Task<JobHandle> second = mq.Client.AddAsync("a", [], null, source.Token);
        Task<JobHandle> third = mq.Client.AddAsync("a");
        await Clients.Until(() => Task.FromResult(store.Steps.Count == 1));

        await source.CancelAsync();
        gate.SetResult();

        Assert.Equal(AddOutcome.Created, (await third.WaitAsync(Patience)).Outcome);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
    }

    [Fact]
    public async Task A_session_that_never_opens_is_given_up_and_another_is_tried()
    {
        var store = new SlowToOpen(Store.Store);
        await using AsyncMQHost mq = Store.Host(store, builder => builder.Configure(options => options.StoreCallTimeout = 100.Milliseconds()));

        Assert.Equal(AddOutcome.Created, (await mq.Client.AddAsync("a").WaitAsync(Patience)).Outcome);
        Assert.Equal(2, store.Opened);
    }

    [Fact]
    public async Task Cancelling_a_read_ends_the_wait_though_the_store_says_nothing()
    {
        await using AsyncMQHost mq = Store.Host(new Silent(Store.Store));
        using var source = new CancellationTokenSource();
        Task<QueueStats> stats = mq.Queue().GetStatsAsync(source.Token);
        Task<bool> release = mq.Queue().RemoveDeduplicationKeyAsync("d", source.Token);

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stats.WaitAsync(5.Seconds()));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => release.WaitAsync(5.Seconds()));
    }

    [Fact]
    public async Task A_read_that_is_not_answered_says_which_store_and_how_long()
    {
        await using AsyncMQHost mq = Store.Host(new Silent(Store.Store), builder => builder.Configure(options => options.StoreCallTimeout = 1.Seconds()));

        StoreException silent = await Assert.ThrowsAsync<StoreException>(() => mq.Queue().GetStatsAsync());

        Assert.Equal($"{Store.Store.Description} did not answer within 1 s.", silent.Message);
    }

    private static void Impatient(AsyncMQBuilder mq) =>
        mq.Configure(options => (options.StoreCallTimeout, options.AddTimeout) = (250.Milliseconds(), 1.Seconds()));

    private sealed class SlowToOpen(IJobStore store) : BorrowedStore(store)
    {
        public int Opened { get; private set; }

        public override Task OpenAsync(SessionInfo session, CancellationToken cancellationToken) =>
            ++Opened == 1 ? new TaskCompletionSource().Task : base.OpenAsync(session, cancellationToken);
    }

    private sealed class Silent(IJobStore store) : BorrowedStore(store)
    {
        public override ValueTask<QueueCounts> CountAsync(string queue, CancellationToken cancellationToken) => new(new TaskCompletionSource<QueueCounts>().Task);

        public override ValueTask<QueueReply> AdministerQueueAsync(AdministerQueueStep step, CancellationToken cancellationToken) =>
            new(new TaskCompletionSource<QueueReply>().Task);
    }
}
