using System.Data.Common;

namespace AsyncMQ.Conformance.Transactions;

/// <summary>A claimed job that is completed inside a transaction of its handler's: whatever becomes of the claim afterwards, the job ends completed.</summary>
public abstract class CompletionTests(ITransactionalFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task A_job_that_is_settled_as_completed_afterwards_has_the_result_of_its_settlement()
    {
        (Worker worker, ClaimedJob job) = await Claimed();
        await fixture.CompleteIn(Store, job, "early");
        Assert.Equal(JobState.Active, await Store.StateOf("a"));

        Assert.Equal(SettleOutcome.Applied, await worker.Complete(job, "final"));

        JobRecord record = await Store.Get("a");
        Assert.Equal((JobState.Completed, "final", 1), (record.State, record.Result.Text(), record.Attempt));
        Assert.Empty(record.Attempts);
    }

    [Fact]
    public async Task A_settlement_without_a_result_leaves_that_of_the_completion()
    {
        (Worker worker, ClaimedJob job) = await Claimed();
        await fixture.CompleteIn(Store, job, "early");
        await worker.Complete(job);

        Assert.Equal("early", (await Store.Get("a")).Result.Text());
    }

    [Theory]
    [InlineData(SettlementKind.Fail, 0)]
    [InlineData(SettlementKind.Retry, 0)]
    [InlineData(SettlementKind.Retry, 60)]
    [InlineData(SettlementKind.PutBack, 0)]
    [InlineData(SettlementKind.PutBack, 60)]
    [InlineData(SettlementKind.HandBack, 0)]
    [InlineData(SettlementKind.HandBack, 60)]
    [InlineData(SettlementKind.Park, 0)]
    [InlineData(SettlementKind.HoldQueue, 60)]
    [InlineData(SettlementKind.HoldKey, 60)]
    public async Task However_the_claim_is_settled_the_job_is_completed(SettlementKind kind, int delay)
    {
        (Worker worker, ClaimedJob job) = await Claimed();
        await fixture.CompleteIn(Store, job, "result");

        Assert.Equal(SettleOutcome.Applied, await worker.Settle(Worker.Settlement(job, kind, "error", delay.Seconds())));

        await IsCompleted(worker);
    }

    [Fact]
    public async Task When_the_process_is_lost_the_job_is_completed_and_given_to_nobody()
    {
        (_, ClaimedJob job) = await Claimed();
        Worker witness = await Store.OpenWorker("witness");
        await fixture.CompleteIn(Store, job, "result");
        await Store.Pass(16.Seconds(), witness);
        await witness.Recover();

        await IsCompleted(witness);
    }

    [Fact]
    public async Task Over_the_limit_of_stalls_it_is_completed_all_the_same()
    {
        (_, ClaimedJob job) = await Claimed();
        Worker witness = await Store.OpenWorker("witness");
        await fixture.CompleteIn(Store, job, "result");
        await Store.Pass(16.Seconds(), witness);
        await witness.Recover(maxStalls: 0);

        await IsCompleted(witness);
    }

    [Fact]
    public async Task When_the_session_is_closed_the_job_is_completed()
    {
        (Worker worker, ClaimedJob job) = await Claimed();
        await fixture.CompleteIn(Store, job, "result");
        await worker.Close();

        await IsCompleted(await Store.OpenWorker("other"));
    }

    [Theory]
    [InlineData(SettlementKind.Complete)]
    [InlineData(SettlementKind.Fail)]
    [InlineData(SettlementKind.HandBack)]
    public async Task A_cancel_request_comes_too_late_for_it(SettlementKind kind)
    {
        (Worker worker, ClaimedJob job) = await Claimed();
        await fixture.CompleteIn(Store, job, "result");
        Assert.Equal(JobChangeOutcome.Requested, (await Store.Do(JobCommand.Cancel, "a")).Outcome);

        Assert.Equal(SettleOutcome.Applied, await worker.Settle(Worker.Settlement(job, kind)));

        await IsCompleted(worker);
    }

    [Fact]
    public async Task A_cancel_request_comes_too_late_though_the_process_is_lost()
    {
        (_, ClaimedJob job) = await Claimed();
        Worker witness = await Store.OpenWorker("witness");
        await fixture.CompleteIn(Store, job, "result");
        await Store.Do(JobCommand.Cancel, "a");
        await Store.Pass(16.Seconds(), witness);
        await witness.Recover();

        await IsCompleted(witness);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_time_to_live_that_is_over_meanwhile_changes_nothing(bool isLost)
    {
        (Worker worker, ClaimedJob job) = await Claimed(Job("a").ToLive(10.Seconds()));
        Worker witness = await Store.OpenWorker("witness");
        await fixture.CompleteIn(Store, job, "result");
        await Store.Pass(20.Seconds(), isLost ? [witness] : [witness, worker]);
        if (isLost)
            await witness.Recover();
        else
            await worker.HandBack(job);
        await Store.Maintain();

        await IsCompleted(witness);
    }

    [Fact]
    public async Task After_a_rollback_the_job_goes_on_as_ever()
    {
        (Worker worker, ClaimedJob job) = await Claimed();
        await fixture.Transact(
            Store, async transaction => Assert.Equal(CompletionOutcome.Written, await Store.CompleteIn(transaction, job, "result")), commits: false);

        Assert.Equal(SettleOutcome.Applied, await worker.Retry(job, error: "error"));
        ClaimedJob again = await worker.ClaimOne();
        Assert.Equal(2, again.Attempt);
        await worker.Fail(again, "error");
        JobRecord record = await Store.Get("a");
        Assert.Equal((JobState.Failed, ""), (record.State, record.Result.Text()));
    }

    [Fact]
    public async Task A_claim_that_is_not_current_cannot_complete_it()
    {
        (Worker worker, ClaimedJob first) = await Claimed();
        await worker.HandBack(first);
        ClaimedJob current = await worker.ClaimOne();

        Assert.Equal(CompletionOutcome.Lost, await fixture.TryCompleteIn(Store, first));

        await fixture.CompleteIn(Store, current);
        await worker.Complete(current);
        Assert.Equal(JobState.Completed, await Store.StateOf("a"));
    }

    [Fact]
    public async Task A_claim_of_a_session_that_ended_cannot_complete_it()
    {
        (Worker closed, ClaimedJob of) = await Claimed();
        await closed.Close();
        Assert.Equal(CompletionOutcome.Lost, await fixture.TryCompleteIn(Store, of));

        Worker doomed = await Store.OpenWorker("doomed");
        ClaimedJob lost = await doomed.ClaimOne();
        Worker witness = await Store.OpenWorker("witness");
        await Store.Pass(16.Seconds(), witness);
        await witness.Recover();
        Assert.Equal(CompletionOutcome.Lost, await fixture.TryCompleteIn(Store, lost));

        Assert.Equal("a", (await witness.ClaimOne()).Ref.Id);
    }

    [Fact]
    public async Task A_job_that_is_gone_or_never_was_cannot_be_completed()
    {
        (_, ClaimedJob job) = await Claimed();
        Assert.Equal(JobChangeOutcome.Done, (await Store.Do(JobCommand.Remove, "a")).Outcome);
        Assert.Equal(CompletionOutcome.Lost, await fixture.TryCompleteIn(Store, job));

        await fixture.Transact(
            Store,
            async transaction => Assert.Equal(
                CompletionOutcome.Lost, await Store.Transactional().CompleteAsync(transaction, new(new("nowhere", "x"), 1_000_000, job.Token, default), default)),
            commits: false);
    }

    [Fact]
    public async Task A_job_is_completed_once()
    {
        (Worker worker, ClaimedJob job) = await Claimed();
        await fixture.Transact(
            Store,
            async transaction =>
            {
                await Store.CompleteIn(transaction, job);
                Assert.Equal(CompletionOutcome.AlreadyCompleted, await Store.CompleteIn(transaction, job));
            },
            commits: false);
        await fixture.CompleteIn(Store, job, "result");

        Assert.Equal(CompletionOutcome.AlreadyCompleted, await fixture.TryCompleteIn(Store, job));
        await worker.Complete(job);
        Assert.Equal(CompletionOutcome.AlreadyCompleted, await fixture.TryCompleteIn(Store, job));
    }

    [Fact]
    public async Task A_job_that_was_retried_by_hand_can_be_completed_again()
    {
        (Worker worker, ClaimedJob job) = await Claimed();
        await fixture.CompleteIn(Store, job, "first");
        await worker.Complete(job);
        Assert.Equal(JobChangeOutcome.Done, (await Store.Do(JobCommand.Retry, "a")).Outcome);
        ClaimedJob again = await worker.ClaimOne();

        await fixture.CompleteIn(Store, again, "second");
        await worker.Fail(again, "error");

        JobRecord record = await Store.Get("a");
        Assert.Equal((JobState.Completed, "second"), (record.State, record.Result.Text()));
    }

    [Fact]
    public async Task A_job_that_was_retried_by_hand_may_fail()
    {
        (Worker worker, ClaimedJob job) = await Claimed();
        await fixture.CompleteIn(Store, job, "first");
        await worker.Complete(job);
        await Store.Do(JobCommand.Retry, "a");
        await worker.Fail(await worker.ClaimOne(), "error");

        Assert.Equal(JobState.Failed, await Store.StateOf("a"));
    }

    [Fact]
    public async Task A_transaction_that_is_not_one_of_the_stores_database_is_refused()
    {
        (Worker worker, ClaimedJob job) = await Claimed();
        await Assert.ThrowsAsync<ArgumentException>(() => Store.CompleteIn(new StrangeTransaction(), job));

        await using DbConnection elsewhere = await fixture.ConnectElsewhereAsync(Store.Store);
        await using (DbTransaction other = await elsewhere.BeginTransactionAsync(Cancellation))
            await Assert.ThrowsAsync<ArgumentException>(() => Store.CompleteIn(other, job));

        await using DbConnection connection = await fixture.ConnectAsync(Store.Store);
        DbTransaction ended = await connection.BeginTransactionAsync(Cancellation);
        await ended.RollbackAsync(Cancellation);
        await Assert.ThrowsAsync<ArgumentException>(() => Store.CompleteIn(ended, job));

        await worker.Fail(job);
        Assert.Equal(JobState.Failed, await Store.StateOf("a"));
    }

    private async Task<(Worker Worker, ClaimedJob Job)> Claimed(NewJob? job = null)
    {
        await Store.Add(job ?? Job("a"));
        Worker worker = await Store.OpenWorker();
        return (worker, await worker.ClaimOne());
    }

    private async Task IsCompleted(Worker worker)
    {
        JobRecord record = await Store.Get("a");
        Assert.Equal((JobState.Completed, "result", false), (record.State, record.Result.Text(), record.CancelRequested));
        Assert.NotNull(record.FinishedAt);
        Assert.Empty(await worker.Claim(10));
        Assert.Equal((1, 1), (await Store.Count(JobState.Completed), (await Store.Counts()).ByState.Sum()));
        await Store.Advance(1.Days());
        Assert.Equal(JobState.Completed, await Store.StateOf("a"));
    }
}
