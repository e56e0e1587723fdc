namespace AsyncMQ.Conformance.Transactions;

/// <summary>What hangs on the end of a job comes with a completion that the store brings about itself, and goes with the job.</summary>
public abstract class CompletionEffectTests(ITransactionalFixture fixture) : ConformanceTests(fixture)
{
    [Theory]
    [InlineData(SettlementKind.Complete)]
    [InlineData(SettlementKind.Fail)]
    [InlineData(SettlementKind.HandBack)]
    [InlineData(null)]
    public async Task Dependents_are_released(SettlementKind? kind)
    {
        await Store.AddBulk(Job("a"), Job("b").DependsOn("a"));
        Worker worker = await Leave("a", kind);

        Assert.Equal(["b"], (await worker.Claim(5)).Ids());
    }

    [Theory]
    [InlineData(SettlementKind.Complete)]
    [InlineData(SettlementKind.Retry)]
    [InlineData(null)]
    public async Task A_deduplication_id_is_released(SettlementKind? kind)
    {
        await Store.Add(Job("a").Deduplicated("d"));
        await Leave("a", kind);

        Assert.Null(await Store.OwnerOf("d"));
        Assert.Equal(AddOutcome.Created, (await Store.Add(Job("b").Deduplicated("d"))).Outcome);
    }

    [Theory]
    [InlineData(SettlementKind.Complete)]
    [InlineData(SettlementKind.PutBack)]
    [InlineData(null)]
    public async Task A_slot_of_its_key_is_freed(SettlementKind? kind)
    {
        await Store.LimitKeys(new() { Concurrency = 1 });
        await Store.AddBulk(Job("a").WithKey("k"), Job("b").WithKey("k"));
        Worker worker = await Leave("a", kind);

        Assert.Equal(["b"], (await worker.Claim(5)).Ids());
    }

    [Fact]
    public async Task Of_several_that_are_settled_at_once_each_goes_its_way()
    {
        await Store.AddBulk(Batch("a", "b", "c"));
        Worker worker = await Store.OpenWorker();
        IReadOnlyList<ClaimedJob> jobs = await worker.Claim(3);
        await fixture.CompleteIn(Store, jobs[1]);

        Assert.Equal(
            [SettleOutcome.Applied, SettleOutcome.Applied, SettleOutcome.Applied],
            await worker.SettleAll([.. jobs.Select(job => Worker.Settlement(job, SettlementKind.Fail))]));

        Assert.Equal(
            [JobState.Failed, JobState.Completed, JobState.Failed], [await Store.StateOf("a"), await Store.StateOf("b"), await Store.StateOf("c")]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task When_the_job_is_removed_nothing_stays_behind(bool isSettled)
    {
        await Store.Add(Job("a").WithCustomId());
        Worker worker = await Store.OpenWorker();
        ClaimedJob job = await worker.ClaimOne();
        await fixture.CompleteIn(Store, job, new string('x', 20_000));
        if (isSettled)
            await worker.Complete(job);
        Assert.Equal(JobChangeOutcome.Done, (await Store.Do(JobCommand.Remove, "a")).Outcome);
        Assert.Empty(await Store.Store.AuditAsync(Cancellation));

        await Store.Add(Job("a").WithCustomId());
        await worker.Fail(await worker.ClaimOne());
        Assert.Equal(JobState.Failed, await Store.StateOf("a"));
    }

    [Fact]
    public async Task When_the_job_is_retained_away_nothing_stays_behind()
    {
        await Store.Add(Job("a"));
        await Leave("a", null, new string('x', 20_000));
        await Store.Advance(1.Days());
        await Store.Maintain(new() { Age = 1.Hours(), Count = 0, FailedAge = 1.Hours(), FailedCount = 0 });

        Assert.Null(await Store.Find("a"));
        Assert.Empty(await Store.Store.AuditAsync(Cancellation));
    }

    [Fact]
    public async Task A_completion_outlives_the_store_that_wrote_it()
    {
        await Store.Add(Job("a"));
        Worker worker = await Store.OpenWorker();
        ClaimedJob job = await worker.ClaimOne();
        await fixture.CompleteIn(Store, job, "result");
        await Reopen();

        Assert.Equal(SettleOutcome.Applied, await worker.On(Store).HandBack(job));
        JobRecord record = await Store.Get("a");
        Assert.Equal((JobState.Completed, "result"), (record.State, record.Result.Text()));
    }

    /// <summary>Claims a job, completes it in a transaction, and leaves its claim in this way; null: its process is lost.</summary>
    /// <returns>A worker that lives.</returns>
    private async Task<Worker> Leave(string id, SettlementKind? kind, string result = "")
    {
        Worker worker = await Store.OpenWorker();
        ClaimedJob job = await worker.ClaimOne();
        Assert.Equal(id, job.Ref.Id);
        await fixture.CompleteIn(Store, job, result);
        if (kind is { } settled)
        {
            await worker.Settle(Worker.Settlement(job, settled));
            return worker;
        }

        Worker witness = await Store.OpenWorker("witness");
        await Store.Pass(16.Seconds(), witness);
        await witness.Recover();
        return witness;
    }
}
