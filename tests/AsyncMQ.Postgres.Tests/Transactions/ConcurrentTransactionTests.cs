using System.Data;
using AsyncMQ.Conformance;
using AsyncMQ.Conformance.Driving;
using Npgsql;
using static AsyncMQ.Conformance.Driving.Drafts;

namespace AsyncMQ.Postgres.Tests.Transactions;

/// <summary>Several transactions of users at once, beside steps: what SQLite, with its one writer, cannot have.</summary>
public sealed class ConcurrentTransactionTests() : ConformanceTests(new PostgresStores())
{
    private readonly List<NpgsqlConnection> connections = [];

    private ITransactionalStore Transactional => (ITransactionalStore)Store.Store;

    [Fact]
    public async Task An_open_transaction_that_added_jobs_holds_up_nobody()
    {
        await using NpgsqlTransaction open = await BeginAsync();
        await Defer(open, Job("open"));
        await using NpgsqlTransaction other = await BeginAsync();
        await Defer(other, Job("other"));
        Worker worker = await Store.OpenWorker();

        await other.CommitAsync(Cancellation);
        await Store.Add(Job("plain"));
        ClaimedJob[] claimed = [.. await worker.Claim(10)];
        foreach (ClaimedJob job in claimed)
            Assert.Equal(SettleOutcome.Applied, await worker.Complete(job));

        Assert.Equal(["other", "plain"], claimed.Ids());
        await open.CommitAsync(Cancellation);
        Assert.Equal("open", (await worker.ClaimOne()).Ref.Id);
    }

    [Fact]
    public async Task What_was_written_first_and_commits_last_is_taken_in_last_and_not_missed()
    {
        await using NpgsqlTransaction first = await BeginAsync();
        await Defer(first, Job("first"));
        for (int i = 0; i < 3; i++)
        {
            await using NpgsqlTransaction later = await BeginAsync();
            await Defer(later, Job($"later-{i}"));
            await later.CommitAsync(Cancellation);
            Assert.Equal(i + 1, (await Store.Store.CountAsync(DefaultQueue, Cancellation)).ByState[(int)JobState.Waiting]);
        }

        await first.CommitAsync(Cancellation);

        Assert.Equal(["later-0", "later-1", "later-2", "first"], (await (await Store.OpenWorker()).Claim(10)).Ids());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Of_two_attempts_that_complete_a_job_in_transactions_the_second_waits_for_the_first(bool firstCommits)
    {
        (ClaimedJob lost, Worker second, ClaimedJob again, NpgsqlTransaction first) = await LoseAnAttemptWithAnOpenTransactionAsync();
        await using NpgsqlTransaction other = await BeginAsync();
        Task<CompletionOutcome> completing = Complete(other, again);
        await Until(async () => await WaitersAsync() > 0);
        Assert.False(completing.IsCompleted);

        if (firstCommits)
            await first.CommitAsync(Cancellation);
        else
            await first.RollbackAsync(Cancellation);

        Assert.Equal(firstCommits ? CompletionOutcome.AlreadyCompleted : CompletionOutcome.Written, await completing);
        if (!firstCommits)
            await other.CommitAsync(Cancellation);

        // Whoever won, the job ends completed, whatever the attempt that holds the claim says.
        Assert.Equal(SettleOutcome.Applied, await second.Fail(again, "broken"));
        JobRecord record = await FindAsync(again.Ref);
        Assert.Equal((JobState.Completed, firstCommits ? "first" : "done"), (record.State, record.Result.Text()));
        Assert.Equal(lost.Ref, record.Ref);
    }

    [Fact]
    public async Task A_transaction_that_commits_when_its_job_waits_again_completes_it_and_nobody_gets_it()
    {
        Worker worker = await Store.OpenWorker();
        await Store.Add(Job("a"));
        ClaimedJob job = await worker.ClaimOne();
        await using NpgsqlTransaction transaction = await BeginAsync();
        Assert.Equal(CompletionOutcome.Written, await Complete(transaction, job, "first"));
        Assert.Equal(SettleOutcome.Applied, await worker.Retry(job));

        await transaction.CommitAsync(Cancellation);

        Assert.Empty(await worker.Claim(10));
        JobRecord record = await FindAsync(job.Ref);
        Assert.Equal((JobState.Completed, 1, "first"), (record.State, record.Attempt, record.Result.Text()));
    }

    [Fact]
    public async Task A_job_that_failed_before_its_transaction_committed_is_not_run_again_when_it_is_retried()
    {
        Worker worker = await Store.OpenWorker();
        await Store.Add(Job("a"));
        ClaimedJob job = await worker.ClaimOne();
        await using NpgsqlTransaction transaction = await BeginAsync();
        Assert.Equal(CompletionOutcome.Written, await Complete(transaction, job));
        Assert.Equal(SettleOutcome.Applied, await worker.Fail(job, "timeout"));
        await transaction.CommitAsync(Cancellation);
        Assert.Equal(JobState.Failed, (await FindAsync(job.Ref)).State);

        Assert.Equal(JobChangeOutcome.Done, (await Store.Do(JobCommand.Retry, job.Ref.Id)).Outcome);

        Assert.Empty(await worker.Claim(10));
        Assert.Equal(JobState.Completed, (await FindAsync(job.Ref)).State);
    }

    [Fact]
    public async Task A_transaction_whose_claim_is_lost_cannot_be_committed()
    {
        (ClaimedJob lost, _, _, NpgsqlTransaction first) = await LoseAnAttemptWithAnOpenTransactionAsync(completes: false);
        await new NpgsqlCommand("CREATE TEMP TABLE effect (x int)", first.Connection, first).ExecuteNonQueryAsync(Cancellation);
        NpgsqlConnection connection = first.Connection!;

        Assert.Equal(CompletionOutcome.Lost, await Complete(first, lost));

        // PostgreSQL answers the commit of a transaction that has failed with a rollback.
        await first.CommitAsync(Cancellation);
        await Assert.ThrowsAsync<PostgresException>(() => new NpgsqlCommand("SELECT * FROM effect", connection).ExecuteNonQueryAsync(Cancellation));
    }

    [Fact]
    public async Task A_transaction_with_an_old_snapshot_cannot_complete_what_another_attempt_has_completed_since()
    {
        Worker worker = await Store.OpenWorker();
        await Store.Add(Job("a"));
        ClaimedJob job = await worker.ClaimOne();
        await using NpgsqlTransaction old = await BeginAsync(IsolationLevel.RepeatableRead);
        await new NpgsqlCommand("SELECT 1", old.Connection, old).ExecuteNonQueryAsync(Cancellation);
        await worker.HandBack(job);
        ClaimedJob again = await worker.ClaimOne();
        await using (NpgsqlTransaction other = await BeginAsync())
        {
            Assert.Equal(CompletionOutcome.Written, await Complete(other, again));
            await other.CommitAsync(Cancellation);
        }

        Assert.Equal(SettleOutcome.Applied, await worker.Complete(again));

        await Assert.ThrowsAnyAsync<StoreException>(() => Complete(old, job));
    }

    [Fact]
    public async Task An_error_of_the_store_in_a_transaction_tells_what_it_was()
    {
        await using NpgsqlTransaction transaction = await BeginAsync();
        await Assert.ThrowsAsync<PostgresException>(() => new NpgsqlCommand("SELECT 1 / 0", transaction.Connection, transaction).ExecuteNonQueryAsync(Cancellation));

        StoreException error = await Assert.ThrowsAsync<StoreException>(() => Defer(transaction, Job("a")));

        Assert.Contains("current transaction is aborted", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_schema_of_the_same_database_is_another_installation()
    {
        await using IJobStore other = await new PostgresStores().CreateAsync();
        await using NpgsqlTransaction transaction = await BeginAsync();

        await ((ITransactionalStore)other).DeferAsync(transaction, new([Job("a")]), Cancellation);
        await transaction.CommitAsync(Cancellation);

        Assert.Equal(0, (await Store.Store.CountAsync(DefaultQueue, Cancellation)).ByState[(int)JobState.Waiting]);
        Assert.Equal(1, (await other.CountAsync(DefaultQueue, Cancellation)).ByState[(int)JobState.Waiting]);
    }

    /// <summary>An attempt whose session died with a completion written and not committed; the second attempt runs.</summary>
    private async Task<(ClaimedJob Lost, Worker Second, ClaimedJob Again, NpgsqlTransaction Open)> LoseAnAttemptWithAnOpenTransactionAsync(bool completes = true)
    {
        Worker first = await Store.OpenWorker("first");
        await Store.Add(Job("a"));
        ClaimedJob job = await first.ClaimOne();
        NpgsqlTransaction open = await BeginAsync();
        if (completes)
            Assert.Equal(CompletionOutcome.Written, await Complete(open, job, "first"));
        Worker second = await Store.OpenWorker("second");
        await Store.Pass(16.Seconds(), second);
        Assert.Single((await Store.Recover()).Jobs);
        return (job, second, await second.ClaimOne(), open);
    }

    private async Task<NpgsqlTransaction> BeginAsync(IsolationLevel level = IsolationLevel.ReadCommitted)
    {
        var connection = new NpgsqlConnection((await PostgresServer.RequireAsync()).ConnectionString());
        connections.Add(connection);
        await connection.OpenAsync(Cancellation);
        return await connection.BeginTransactionAsync(level, Cancellation);
    }

    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (NpgsqlConnection connection in connections)
            await connection.DisposeAsync();
        await base.DisposeAsync();
    }

    private async Task Defer(NpgsqlTransaction transaction, params NewJob[] jobs) =>
        await Transactional.DeferAsync(transaction, new(jobs), Cancellation);

    private async Task<CompletionOutcome> Complete(NpgsqlTransaction transaction, ClaimedJob job, string result = "done") =>
        await Transactional.CompleteAsync(transaction, new(job.Ref, job.Handle, job.Token, Bytes(result)), Cancellation);

    private async Task<JobRecord> FindAsync(JobRef job) => (await Store.Store.FindAsync([job], JobParts.All, Cancellation))[0]!;

    private static async Task<long> WaitersAsync() =>
        await (await PostgresServer.RequireAsync()).QueryAsync<long>("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'");

    private static async Task Until(Func<Task<bool>> isSo)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(Patience);
        while (!await isSo())
            await Task.Delay(20, patience.Token);
    }
}
