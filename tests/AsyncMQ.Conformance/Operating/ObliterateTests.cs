using AsyncMQ.Conformance.Working;

namespace AsyncMQ.Conformance.Operating;

/// <summary>A queue goes with everything in it, or not at all. Source: A-16.</summary>
public abstract class ObliterateTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    [Trait("reference", "A-16")]
    public async Task Nothing_is_left_not_even_a_pause_a_window_or_a_cancelled_job()
    {
        await using AsyncMQHost mq = Store.Host();
        foreach (JobState state in Lives.AllStates.Where(state => state != JobState.Active).OrderBy(state => state == JobState.Waiting))
            await Store.Bring($"in-{state}", state);
        await mq.Queue().AddAsync("work", null, new() { Deduplication = Deduplication.Throttle("x", 1.Hours()) });
        await mq.Queue().PauseAsync();

        Assert.Equal(8, await mq.Queue().ObliterateAsync());

        Assert.Equal([Lives.QueueOfDependencies], await Store.QueueNames());
        Assert.False(await mq.Queue().IsPausedAsync());
        Assert.Null(await mq.Queue().GetDeduplicationJobIdAsync("x"));
        Assert.Equal(AddOutcome.Created, (await mq.Queue().AddAsync("work", null, new() { JobId = "in-Completed" })).Outcome);
        Assert.Equal(1, await mq.Queue().GetJobCountAsync());
    }

    [Fact]
    [Trait("reference", "A-16")]
    public async Task While_jobs_run_it_is_refused_and_nothing_is_removed_and_the_queue_stays_open()
    {
        await using AsyncMQHost mq = Store.Host();
        await Store.Bring("running", JobState.Active);
        await mq.AddMany(3);

        QueueNotEmptyException error = await Assert.ThrowsAsync<QueueNotEmptyException>(() => mq.Queue().ObliterateAsync());

        Assert.Contains(DefaultQueue, error.Message, StringComparison.Ordinal);
        Assert.Equal(4, await mq.Queue().GetJobCountAsync());
        Assert.Equal(AddOutcome.Created, (await mq.Queue().AddAsync("work")).Outcome);
    }

    [Fact]
    [Trait("reference", "A-16, A-17")]
    public async Task By_force_a_running_handler_is_told_and_its_end_changes_nothing()
    {
        var told = new TaskCompletionSource<JobCancellationReason>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddHandler("work", async (context, token) =>
            {
                await Task.Delay(Timeout.Infinite, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                told.SetResult(context.CancellationReason);
            })
            .Configure(options => options.Lease = 1.Seconds())
            .AddWorker(DefaultQueue));
        JobHandle job = await mq.Queue().AddAsync("work", null, new() { JobId = "a" });
        await Store.Until(job.Ref, JobState.Active);

        Assert.Equal(1, await mq.Queue().ObliterateAsync(force: true));

        Assert.Equal(JobCancellationReason.LeaseLost, await told.Task.WaitAsync(Patience));
        await mq.StopAsync();
        Assert.Null(await mq.Queue().GetJobStateAsync("a"));
        Assert.Empty(await mq.Client.GetQueuesAsync());
    }

    [Fact]
    public async Task Stopped_half_way_it_stays_closed_and_is_taken_up_again()
    {
        await using AsyncMQHost mq = Store.Host();
        await mq.AddMany(2_500);
        using var stop = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => mq.Queue().ObliterateAsync(progress: new Once(stop.Cancel), cancellationToken: stop.Token));
        Assert.Equal(1_500, await mq.Count());
        AddRefusedException refused = await Assert.ThrowsAsync<AddRefusedException>(() => mq.Queue().AddAsync("work"));
        Assert.Contains(DefaultQueue, refused.Message, StringComparison.Ordinal);
        Assert.Empty(await (await Store.OpenWorker()).Claim(10));

        Assert.Equal(1_500, await mq.Queue().ObliterateAsync());
        Assert.Equal(AddOutcome.Created, (await mq.Queue().AddAsync("work")).Outcome);
    }

    [Fact]
    public async Task Thousands_of_tombstones_and_windows_go_in_bounded_steps()
    {
        await using AsyncMQHost mq = Store.Host();
        Worker worker = await Store.OpenWorker(lease: 1.Hours());
        for (int i = 0; i < 3; i++)
        {
            await Store.AddBulk([.. Enumerable.Range(0, 700).Select(j => Job($"job-{i}-{j}").WithCustomId().Deduplicated(Deduplication.Throttle($"d-{i}-{j}", 1.Hours())))]);
            IReadOnlyList<ClaimedJob> claimed = await worker.Claim(700);
            await worker.SettleAll([.. claimed.Select(job => Worker.Settlement(job, SettlementKind.Complete))]);
        }

        while ((await Store.Maintain(new() { Age = 1.Hours(), Count = 0 })).More)
        {
        }

        await Store.Do(new QueueCommand.Close(Force: false));
        Assert.Contains(await Store.Do(new QueueCommand.Delete()), (QueueReply[])[QueueReply.Done, QueueReply.More]);
        Assert.Empty(await Store.Store.AuditAsync(Cancellation));
        Assert.Equal(0, await mq.Queue().ObliterateAsync());

        Assert.Empty(await Store.QueueNames());
        Assert.Equal(AddOutcome.Created, (await mq.Queue().AddAsync("work", null, new() { JobId = "job-2-699", Deduplication = new("d-2-699") })).Outcome);
    }

    [Fact]
    public async Task A_forced_one_ends_though_a_running_job_moves_under_it()
    {
        var moving = new MovingJob(Store.Store);
        await using AsyncMQHost mq = Store.Host(moving);
        (Worker worker, ClaimedJob claim) = (await Store.Bring("a", JobState.Active))!.Value;
        await mq.AddMany(3);

        // Between the pages of active and waiting jobs it is back among the waiting ones, which were done before.
        moving.OnActive = () => worker.Retry(claim);

        Assert.Equal(4, await mq.Queue().ObliterateAsync(force: true));
        Assert.Empty(await Store.QueueNames());
    }

    [Fact]
    public async Task Two_at_once_end_both_and_each_job_is_counted_once()
    {
        await using AsyncMQHost mq = Store.Host();
        await using AsyncMQHost other = Store.Host();
        await mq.AddMany(3_000);

        long[] removed = await Task.WhenAll(mq.Queue().ObliterateAsync(), other.Queue().ObliterateAsync());

        Assert.Equal(3_000, removed.Sum());
        Assert.Empty(await mq.Client.GetQueuesAsync());
    }

    [Fact]
    public async Task A_queue_that_is_not_there_has_nothing_to_remove()
    {
        await using AsyncMQHost mq = Store.Host();

        Assert.Equal(0, await mq.Queue("nowhere").ObliterateAsync());
        Assert.Empty(await mq.Client.GetQueuesAsync());
    }

    [Fact]
    public async Task A_store_that_counts_jobs_which_it_cannot_show_is_told_and_not_asked_for_ever()
    {
        await using AsyncMQHost mq = Store.Host(new NeverEmpty(Store.Store));
        await mq.AddMany(3);

        StoreException error = await Assert.ThrowsAsync<StoreException>(() => mq.Queue().ObliterateAsync());

        Assert.Contains(DefaultQueue, error.Message, StringComparison.Ordinal);
    }

    private sealed class NeverEmpty(IJobStore store) : BorrowedStore(store)
    {
        public override ValueTask<QueueReply> AdministerQueueAsync(AdministerQueueStep step, CancellationToken cancellationToken) =>
            step.Command is QueueCommand.Delete ? new(QueueReply.Busy) : base.AdministerQueueAsync(step, cancellationToken);
    }

    private sealed class Once(Action act) : IProgress<ChangedJobs>
    {
        public void Report(ChangedJobs value) => act();
    }

    private sealed class MovingJob(IJobStore store) : BorrowedStore(store)
    {
        public Func<Task>? OnActive { get; set; }

        public override async ValueTask<StorePage> PageAsync(PageRequest request, CancellationToken cancellationToken)
        {
            if (request.State == JobState.Active && OnActive is { } act)
            {
                OnActive = null;
                await act();
            }

            return await base.PageAsync(request, cancellationToken);
        }
    }
}
