namespace AsyncMQ.Conformance;

/// <summary>A job that is not running is cancelled at once; a running one is asked, and then is cancelled whatever it says. Survey I-29.</summary>
public abstract class CancelTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    public static TheoryData<SettlementKind> Kinds => [.. Enum.GetValues<SettlementKind>()];

    [Theory]
    [InlineData(JobState.Waiting)]
    [InlineData(JobState.Delayed)]
    public async Task A_job_that_does_not_run_is_cancelled_at_once_and_never_starts(JobState state)
    {
        await Store.Bring("a", state);

        Assert.Equal(new JobChangeReply(JobChangeOutcome.Done, state), await Store.Do(JobCommand.Cancel, "a"));

        Assert.Equal(JobState.Cancelled, await Store.StateOf("a"));
        Assert.NotNull((await Store.Get("a")).FinishedAt);
        await Store.Advance(2.Hours());
        Assert.Empty(await (await Store.OpenWorker()).Claim(1));
    }

    [Fact]
    public async Task A_running_job_is_asked_through_the_mailbox_until_it_is_settled()
    {
        (Worker worker, ClaimedJob job) = await Claimed();

        Assert.Equal(new JobChangeReply(JobChangeOutcome.Requested, JobState.Active), await Store.Do(JobCommand.Cancel, "a"));

        Assert.True((await Store.Get("a")).CancelRequested);
        Assert.Equal(JobState.Active, await Store.StateOf("a"));
        var expected = new SessionClaim(job.Ref, job.Handle, job.Token);
        Assert.Equal(expected, Assert.Single(worker.Renew().Cancellations));
        Assert.Equal(expected, Assert.Single(worker.Renew().Cancellations));
        await worker.Complete(job);
        Assert.Empty(worker.Renew().Cancellations);
    }

    [Fact]
    public async Task Asking_twice_is_asking_once()
    {
        (Worker worker, _) = await Claimed();

        await Store.Do(JobCommand.Cancel, "a");
        Assert.Equal(JobChangeOutcome.Requested, (await Store.Do(JobCommand.Cancel, "a")).Outcome);

        Assert.Single(worker.Renew().Cancellations);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_running_job_that_was_asked_is_cancelled_whatever_its_handler_says(SettlementKind kind)
    {
        (Worker worker, ClaimedJob job) = await Claimed();
        await Store.Do(JobCommand.Cancel, "a");

        Assert.Equal(SettleOutcome.Cancelled, await worker.Settle(Worker.Settlement(job, kind, "data")));

        JobRecord record = await Store.Get("a");
        Assert.Equal(JobState.Cancelled, record.State);
        Assert.False(record.IsParked);
        Assert.Empty(await worker.Claim(1));
        Assert.Empty(await worker.Claims());
    }

    [Fact]
    public async Task A_running_job_that_was_asked_is_cancelled_when_its_worker_is_lost()
    {
        (_, _) = await Claimed();

        // A store that heard nothing for half a lease lets nobody recover for a while. Its clock goes on by itself, too: on a machine with much else to do some
        // seconds may lie between two renewals, so those of a long lease are heard.
        Worker witness = await Store.OpenWorker("witness", 1.Hours());
        await Store.Do(JobCommand.Cancel, "a");
        await Store.Pass(16.Seconds(), witness);

        RecoverReply reply = await witness.Recover();

        Assert.Equal(JobState.Cancelled, Assert.Single(reply.Jobs).State);
        Assert.Equal(JobState.Cancelled, await Store.StateOf("a"));
    }

    [Fact]
    public async Task A_running_job_that_was_asked_is_cancelled_when_its_session_is_closed()
    {
        (Worker worker, _) = await Claimed();
        await Store.Do(JobCommand.Cancel, "a");

        await worker.Close();

        Assert.Equal(JobState.Cancelled, await Store.StateOf("a"));
    }

    [Fact]
    public async Task A_cancelled_job_can_be_retried_by_hand_and_runs()
    {
        (Worker worker, ClaimedJob job) = await Claimed();
        await Store.Do(JobCommand.Cancel, "a");
        await worker.Complete(job);

        Assert.Equal(JobChangeOutcome.Done, (await Store.Do(JobCommand.Retry, "a")).Outcome);

        Assert.False((await Store.Get("a")).CancelRequested);
        ClaimedJob again = await worker.ClaimOne();
        Assert.Equal(1, again.Attempt);
        Assert.Empty(worker.Renew().Cancellations);
        Assert.Equal(SettleOutcome.Applied, await worker.Complete(again));
    }

    [Fact]
    public async Task A_guard_without_active_leaves_a_running_job_alone()
    {
        (Worker worker, ClaimedJob job) = await Claimed();

        Assert.Equal(
            new JobChangeReply(JobChangeOutcome.WrongState, JobState.Active),
            await Store.Do(JobCommand.Cancel, "a", JobStateSet.Waiting | JobStateSet.Delayed));

        Assert.Empty(worker.Renew().Cancellations);
        Assert.Equal(SettleOutcome.Applied, await worker.Complete(job));
    }

    private async Task<(Worker Worker, ClaimedJob Job)> Claimed()
    {
        await Store.Add(Job("a").WithCustomId());
        Worker worker = await Store.OpenWorker();
        return (worker, await worker.ClaimOne());
    }
}
