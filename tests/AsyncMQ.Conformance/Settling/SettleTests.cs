namespace AsyncMQ.Conformance;

/// <summary>What each kind of settlement does to a job.</summary>
public abstract class SettleTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task Complete_ends_the_job_with_its_result()
    {
        (Worker worker, ClaimedJob job) = await Claimed();

        Assert.Equal(SettleOutcome.Applied, await worker.Complete(job, "42"));

        JobRecord record = await Store.Get("a");
        Assert.Equal(JobState.Completed, record.State);
        Assert.Equal("42", record.Result.Text());
        Assert.Equal(1, record.Attempt);
        Assert.Empty(record.Attempts);
        Assert.NotNull(record.FinishedAt);
        Assert.True(record.Error.IsEmpty);
        Assert.Empty(await worker.Claims());
    }

    [Fact]
    public async Task Fail_ends_the_job_with_its_error()
    {
        (Worker worker, ClaimedJob job) = await Claimed();

        Assert.Equal(SettleOutcome.Applied, await worker.Fail(job, "boom"));

        JobRecord record = await Store.Get("a");
        Assert.Equal(JobState.Failed, record.State);
        Assert.Equal("boom", record.Error.Text());
        Assert.Equal(1, record.Attempt);
        Assert.NotNull(record.FinishedAt);
        Assert.True(record.Result.IsEmpty);
    }

    [Fact]
    public async Task Retry_makes_it_waiting_again_with_its_error_and_its_attempt_counted()
    {
        (Worker worker, ClaimedJob job) = await Claimed();

        Assert.Equal(SettleOutcome.Applied, await worker.Retry(job, error: "boom"));

        JobRecord record = await Store.Get("a");
        Assert.Equal(JobState.Waiting, record.State);
        Assert.Equal("boom", record.Error.Text());
        Assert.Equal(1, record.Attempt);
        Assert.Null(record.FinishedAt);
        Assert.Equal(2, (await worker.ClaimOne()).Attempt);
    }

    [Fact]
    public async Task Put_back_refunds_the_attempt()
    {
        (Worker worker, ClaimedJob job) = await Claimed();

        Assert.Equal(SettleOutcome.Applied, await worker.PutBack(job, 10.Seconds()));

        JobRecord record = await Store.Get("a");
        Assert.Equal(JobState.Delayed, record.State);
        Assert.Equal(0, record.Attempt);
        await Store.Advance(10.Seconds());
        Assert.Equal(1, (await worker.ClaimOne()).Attempt);
    }

    [Fact]
    public async Task Hand_back_with_a_delay_keeps_the_job_from_being_claimed_before_it_is_over()
    {
        (Worker worker, ClaimedJob job) = await Claimed();

        Assert.Equal(SettleOutcome.Applied, await worker.HandBack(job, 10.Seconds()));

        JobRecord record = await Store.Get("a");
        Assert.Equal(JobState.Delayed, record.State);
        Assert.Equal(0, record.Attempt);
        Assert.Empty(record.Attempts);
        await Store.Advance(10.Seconds());
        Assert.Equal(1, (await worker.ClaimOne()).Attempt);
    }

    [Fact]
    public async Task Hand_back_refunds_the_attempt_and_leaves_no_trace()
    {
        (Worker worker, ClaimedJob job) = await Claimed();

        Assert.Equal(SettleOutcome.Applied, await worker.HandBack(job));

        JobRecord record = await Store.Get("a");
        Assert.Equal(JobState.Waiting, record.State);
        Assert.Equal(0, record.Attempt);
        Assert.Equal(0, record.Stalls);
        Assert.Empty(record.Attempts);
        Assert.Empty(await worker.Claims());
        Assert.Equal(1, (await worker.ClaimOne()).Attempt);
    }

    [Fact]
    public async Task A_batch_is_settled_each_by_itself_and_answered_in_order()
    {
        await Store.AddBulk(Batch("a", "b", "c", "d", "e", "f"));
        Worker worker = await Store.OpenWorker();
        IReadOnlyList<ClaimedJob> jobs = await worker.Claim(6);
        await Store.Do(JobCommand.Remove, "b");
        await Store.Do(JobCommand.Cancel, "e");

        IReadOnlyList<SettleOutcome> outcomes = await worker.SettleAll(
            Worker.Settlement(jobs[3], SettlementKind.HandBack),
            Worker.Settlement(jobs[1], SettlementKind.Complete),
            Worker.Settlement(jobs[0], SettlementKind.Complete),
            Worker.Settlement(jobs[4], SettlementKind.Retry),
            Worker.Settlement(jobs[2], SettlementKind.Fail),
            Worker.Settlement(jobs[5], SettlementKind.Retry, delay: 1.Hours()));

        Assert.Equal(
            [SettleOutcome.Applied, SettleOutcome.Lost, SettleOutcome.Applied, SettleOutcome.Cancelled, SettleOutcome.Applied, SettleOutcome.Applied],
            outcomes);
        Assert.Equal(JobState.Completed, await Store.StateOf("a"));
        Assert.Null(await Store.StateOf("b"));
        Assert.Equal(JobState.Failed, await Store.StateOf("c"));
        Assert.Equal(JobState.Waiting, await Store.StateOf("d"));
        Assert.Equal(JobState.Cancelled, await Store.StateOf("e"));
        Assert.Equal(JobState.Delayed, await Store.StateOf("f"));
    }

    [Fact]
    public async Task A_claim_settled_twice_in_one_step_counts_once()
    {
        (Worker worker, ClaimedJob job) = await Claimed();

        IReadOnlyList<SettleOutcome> outcomes = await worker.SettleAll(
            Worker.Settlement(job, SettlementKind.Complete), Worker.Settlement(job, SettlementKind.Fail));

        Assert.Equal([SettleOutcome.Applied, SettleOutcome.Lost], outcomes);
        Assert.Equal(JobState.Completed, await Store.StateOf("a"));
    }

    [Fact]
    public async Task Success_after_failures_keeps_their_attempts_and_no_error_of_its_own()
    {
        (Worker worker, ClaimedJob job) = await Claimed();
        await worker.Retry(job, error: "first");

        await worker.Complete(await worker.ClaimOne(), "done");

        JobRecord record = await Store.Get("a");
        Assert.Equal("done", record.Result.Text());
        Assert.Equal(2, record.Attempt);
        Assert.Equal("first", Assert.Single(record.Attempts).Error.Text());
    }

    private async Task<(Worker Worker, ClaimedJob Job)> Claimed()
    {
        await Store.Add(Job("a"));
        Worker worker = await Store.OpenWorker();
        return (worker, await worker.ClaimOne());
    }
}
