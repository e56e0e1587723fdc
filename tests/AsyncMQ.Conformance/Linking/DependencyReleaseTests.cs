namespace AsyncMQ.Conformance;

/// <summary>A released job begins then: its place, its delay and its time-to-live count from its release. Source: F-05, F-12.</summary>
public abstract class DependencyReleaseTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task A_released_job_goes_behind_its_equals_of_that_time()
    {
        await Store.AddBulk(Job("a"), Job("b").DependsOn("a"), Job("c"));
        await Store.End("a");
        await Store.Add(Job("d"));

        Assert.Equal(["c", "b", "d"], await Store.Page(JobState.Waiting));
        Assert.Equal(["c", "b", "d"], (await (await Store.OpenWorker()).Claim(10)).Ids());
    }

    [Fact]
    public async Task Those_of_one_dependency_are_released_in_order_of_adding_and_by_priority()
    {
        await Store.Add(Job("a"));
        await Store.AddBulk(Job("d").DependsOn("a"), Job("b").DependsOn("a").WithPriority(9), Job("c").DependsOn("a"), Job("e").DependsOn("a").WithPriority(1));
        Assert.Equal(0, (await Store.Counts()).Prioritized);
        await Store.End("a");

        Assert.Equal(["e", "d", "c", "b"], await Store.Page(JobState.Waiting));
        Assert.Equal(2, (await Store.Counts()).Prioritized);
    }

    [Fact]
    public async Task Those_that_were_retried_to_wait_again_are_released_in_order_of_adding()
    {
        await Store.AddBulk(Job("a"), Job("b").DependsOn("a"), Job("c").DependsOn("a"), Job("d").DependsOn("a"), Job("e").DependsOn("a"));
        await Store.End("a", JobState.Failed);
        foreach (string id in (string[])["a", "d", "b", "e", "c"])
            Assert.Equal(JobChangeOutcome.Done, (await Store.Do(JobCommand.Retry, id)).Outcome);
        Assert.Equal(["b", "c", "d", "e"], await Store.Page(JobState.WaitingChildren));
        await Store.End("a");

        Assert.Equal(["b", "c", "d", "e"], await Store.Page(JobState.Waiting));
    }

    [Fact]
    public async Task A_job_whose_dependencies_have_completed_begins_as_if_it_had_none()
    {
        await Store.Add(Job("a"));
        await Store.End("a");
        await Store.AddBulk(Job("b"), Job("c").DependsOn("a"), Job("d"), Job("e").DependsOn("a").Delayed(1.Hours()));

        Assert.Equal(["b", "c", "d"], await Store.Page(JobState.Waiting));
        Assert.Equal(["e"], await Store.Page(JobState.Delayed));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_delay_counts_from_the_release(bool reopened)
    {
        await Store.AddBulk(Job("a"), Job("b").DependsOn("a").Delayed(1.Hours()));
        await Store.Advance(3.Hours());
        Assert.Null((await Store.Get("b")).DueAt);
        await Perhaps(reopened);
        DateTimeOffset before = await Store.Now();
        await Store.End("a");

        Assert.Equal(["b"], await Store.Page(JobState.Delayed));
        Assert.InRange((await Store.Get("b")).DueAt!.Value - before, 1.Hours() - 1.Milliseconds(), 1.Hours() + Patience);
        Worker worker = await Store.OpenWorker(lease: 1.Days());
        ExchangeReply early = await worker.Exchange(Worker.ClaimOf(1));
        Assert.InRange(early.NextWork!.Value, 1.Hours() - Patience, 1.Hours());
        await Store.Advance(1.Hours());
        Assert.Equal(["b"], (await worker.Claim(1)).Ids());
    }

    [Fact]
    public async Task A_time_to_start_that_is_still_to_come_is_kept_and_one_that_is_past_is_at_once()
    {
        DateTimeOffset now = await Store.Now();
        await Store.AddBulk(Job("a"), Job("b").DependsOn("a").At(now + 5.Hours()), Job("c").DependsOn("a").At(now + 1.Hours()));
        await Store.Advance(2.Hours());
        await Store.End("a");

        Assert.Equal((JobState.Delayed, JobState.Waiting), (await Store.StateOf("b"), await Store.StateOf("c")));
        Assert.InRange((await Store.Get("b")).DueAt!.Value - now, 5.Hours() - 1.Milliseconds(), 5.Hours() + 1.Milliseconds());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_time_to_live_counts_from_the_release(bool reopened)
    {
        await Store.AddBulk(Job("a"), Job("b").DependsOn("a").ToLive(1.Hours()));
        await Store.Advance(3.Hours());
        await Store.Maintain();
        JobRecord held = await Store.Get("b");
        Assert.Equal((JobState.WaitingChildren, null), (held.State, held.ExpiresAt));
        Assert.True(held.Flags.HasFlag(JobFlags.TimeToLive));
        await Perhaps(reopened);

        DateTimeOffset before = await Store.Now();
        await Store.End("a");
        Assert.InRange((await Store.Get("b")).ExpiresAt!.Value - before, 1.Hours() - 1.Milliseconds(), 1.Hours() + Patience);
        await Store.Advance(50.Minutes());
        await Store.Maintain();
        Assert.Equal(JobState.Waiting, await Store.StateOf("b"));
        await Store.Advance(20.Minutes());
        await Store.Maintain();

        Assert.Equal(JobState.Expired, await Store.StateOf("b"));
    }

    [Fact]
    public async Task The_time_to_live_of_one_that_never_began_has_no_end()
    {
        await Store.AddBulk(Job("a"), Job("b").DependsOn("a").ToLive(1.Hours()));
        await Store.End("a", JobState.Failed);
        await Store.Add(Job("c").DependsOn("a").ToLive(1.Hours()));

        Assert.Equal((JobState.Failed, null), (await Store.StateOf("b"), (await Store.Get("b")).ExpiresAt));
        Assert.Equal((JobState.Failed, null), (await Store.StateOf("c"), (await Store.Get("c")).ExpiresAt));
    }

    [Fact]
    public async Task A_released_job_wakes_those_who_watch_its_queue()
    {
        await Store.AddBulk(Job("a"), Job("b").In("other").DependsOn("a"));
        Worker worker = await Store.OpenWorker();
        ClaimedJob claim = await worker.ClaimOne();
        var woken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using IDisposable watch = Store.Store.Watch(signal =>
        {
            if (signal is { Kind: StoreSignalKind.Work, Queue: "other" } or { Kind: StoreSignalKind.Changed })
                woken.TrySetResult();
        });

        await worker.Complete(claim);

        await woken.Task.WaitAsync(Patience, Cancellation);
    }

    [Fact]
    public async Task The_end_of_a_job_that_its_dependency_fails_is_announced()
    {
        await Store.AddBulk(Job("a"), Job("b").DependsOn("a"));
        await Store.Do(JobCommand.Watch, "b");
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using IDisposable watch = Store.Store.Watch(signal =>
        {
            if (signal is { Kind: StoreSignalKind.Ended, Id: "b" } or { Kind: StoreSignalKind.Changed })
                told.TrySetResult();
        });

        await Store.End("a", JobState.Failed);

        await told.Task.WaitAsync(Patience, Cancellation);
    }

    [Fact]
    public async Task A_paused_queue_has_its_jobs_released_and_gives_none()
    {
        await Store.AddBulk(Job("a"), Job("b").In("other").DependsOn("a"));
        await Store.Pause("other");
        await Store.End("a");

        Assert.Equal(["b"], await Store.Page(JobState.Waiting, "other"));
        Worker worker = await Store.OpenWorker();
        Assert.Empty(await worker.Claim(1, "other"));
        await Store.Resume("other");
        Assert.Equal(["b"], (await worker.Claim(1, "other")).Ids());
    }

    [Fact]
    public async Task A_released_job_runs_like_any_other()
    {
        await Store.AddBulk(Job("a"), Job("b").DependsOn("a").WithPayload(Bytes("[1]")), Job("c").DependsOn("b"));
        await Store.End("a");
        Worker worker = await Store.OpenWorker();
        ClaimedJob claim = await worker.ClaimOne();
        Assert.Equal(("b", "[1]", 1), (claim.Ref.Id, claim.Payload.Text(), claim.Attempt));
        await worker.Retry(claim, 1.Hours());
        await Store.Do(JobCommand.Promote, "b");
        await worker.Complete(await worker.ClaimOne(), "done");

        Assert.Equal((JobState.Completed, 2, "done"), ((await Store.Get("b")).State, (await Store.Get("b")).Attempt, (await Store.Get("b")).Result.Text()));
        Assert.Equal(JobState.Waiting, await Store.StateOf("c"));
    }

    private Task Perhaps(bool reopened) => reopened ? Reopen() : Task.CompletedTask;
}
