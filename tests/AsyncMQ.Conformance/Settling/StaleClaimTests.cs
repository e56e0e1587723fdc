namespace AsyncMQ.Conformance;

/// <summary>A token that is no longer current changes nothing and says so. Invariant 2; survey I-5, I-6; reference behaviour W-08.</summary>
public abstract class StaleClaimTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    public static TheoryData<SettlementKind> Kinds => [.. Enum.GetValues<SettlementKind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_stale_claim_cannot_settle_a_job_that_another_worker_has(SettlementKind kind)
    {
        await Store.Add(Job("a"));
        Worker first = await Store.OpenWorker("first");
        ClaimedJob stale = await first.ClaimOne();
        await first.HandBack(stale);
        Worker second = await Store.OpenWorker("second");
        ClaimedJob current = await second.ClaimOne();
        JobRecord before = await Store.Get("a");

        Assert.Equal(SettleOutcome.Lost, await first.Settle(Worker.Settlement(stale, kind, "stale", 1.Hours())));

        Assert.Equivalent(before, await Store.Get("a"));
        Assert.Equal(SettleOutcome.Applied, await second.Complete(current));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_stale_claim_cannot_settle_a_job_that_waits(SettlementKind kind)
    {
        await Store.Add(Job("a"));
        Worker worker = await Store.OpenWorker();
        ClaimedJob stale = await worker.ClaimOne();
        await worker.HandBack(stale);

        Assert.Equal(SettleOutcome.Lost, await worker.Settle(Worker.Settlement(stale, kind, "stale", 1.Hours())));

        Assert.Equal(JobState.Waiting, await Store.StateOf("a"));
        Assert.Equal(0, (await Store.Get("a")).Attempt);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_stale_claim_cannot_settle_a_job_that_has_ended(SettlementKind kind)
    {
        await Store.Add(Job("a"));
        Worker worker = await Store.OpenWorker();
        ClaimedJob claim = await worker.ClaimOne();
        await worker.Complete(claim, "result");

        Assert.Equal(SettleOutcome.Lost, await worker.Settle(Worker.Settlement(claim, kind, "stale", 1.Hours())));

        JobRecord record = await Store.Get("a");
        Assert.Equal(JobState.Completed, record.State);
        Assert.Equal("result", record.Result.Text());
    }

    [Fact]
    public async Task A_stale_claim_cannot_complete_a_recovered_job()
    {
        await Store.Add(Job("a"));
        Worker doomed = await Store.OpenWorker("doomed");
        Worker worker = await Store.OpenWorker("second");
        ClaimedJob stale = await doomed.ClaimOne();
        await Store.Pass(16.Seconds(), worker);
        await worker.Recover();
        ClaimedJob current = await worker.ClaimOne();

        await Assert.ThrowsAsync<SessionLostException>(() => doomed.Complete(stale, "late"));
        Assert.Equal(SettleOutcome.Lost, await worker.Settle(Worker.Settlement(stale, SettlementKind.Complete, "late")));

        Assert.Equal(JobState.Active, await Store.StateOf("a"));
        Assert.Equal(SettleOutcome.Applied, await worker.Complete(current, "right"));
        Assert.Equal("right", (await Store.Get("a")).Result.Text());
    }

    [Fact]
    public async Task An_earlier_claim_of_the_same_worker_is_stale_too()
    {
        await Store.Add(Job("a"));
        Worker worker = await Store.OpenWorker();
        ClaimedJob earlier = await worker.ClaimOne();
        await worker.HandBack(earlier);
        ClaimedJob later = await worker.ClaimOne();

        Assert.NotEqual(earlier.Token, later.Token);
        Assert.Equal(SettleOutcome.Lost, await worker.Complete(earlier));
        Assert.Equal(SettleOutcome.Applied, await worker.Complete(later));
    }

    [Fact]
    public async Task A_claim_on_a_removed_job_does_not_touch_a_new_one_with_its_id()
    {
        await Store.Add(Job("a").WithCustomId());
        Worker worker = await Store.OpenWorker();
        ClaimedJob stale = await worker.ClaimOne();
        await Store.Do(JobCommand.Remove, "a");
        Assert.Equal(SettleOutcome.Lost, await worker.Complete(stale));
        Assert.Null(await Store.StateOf("a"));

        await Store.Add(Job("a").WithCustomId());
        Assert.Equal(SettleOutcome.Lost, await worker.Complete(stale));
        ClaimedJob current = await worker.ClaimOne();
        Assert.Equal(SettleOutcome.Lost, await worker.Fail(stale));

        Assert.Equal(SettleOutcome.Applied, await worker.Complete(current));
        Assert.NotEqual(stale.Handle, current.Handle);
    }

    [Fact]
    public async Task A_claim_that_never_was_is_lost()
    {
        await Store.Add(Job("a"));
        Worker worker = await Store.OpenWorker();
        ClaimedJob claim = await worker.ClaimOne();
        Settlement settlement = Worker.Settlement(claim, SettlementKind.Complete);

        Assert.Equal(
            [SettleOutcome.Lost, SettleOutcome.Lost, SettleOutcome.Lost, SettleOutcome.Lost],
            await worker.SettleAll(
                settlement with { Token = claim.Token with { Session = new(Guid.NewGuid()) } },
                settlement with { Token = claim.Token with { Lane = claim.Token.Lane + 1 } },
                settlement with { Token = claim.Token with { Sequence = claim.Token.Sequence + 1 } },
                settlement with { Handle = claim.Handle + 1_000_000 }));

        Assert.Equal(JobState.Active, await Store.StateOf("a"));
        Assert.Equal(SettleOutcome.Applied, await worker.Settle(settlement));
    }

    [Fact]
    public async Task A_stale_report_changes_nothing()
    {
        await Store.Add(Job("a"));
        Worker worker = await Store.OpenWorker();
        ClaimedJob stale = await worker.ClaimOne();
        await worker.HandBack(stale);
        await worker.ClaimOne();

        Assert.Equal(SettleOutcome.Lost, await worker.Report(stale, "99", "line"));

        JobRecord record = await Store.Get("a");
        Assert.True(record.Progress.IsEmpty);
        Assert.Empty(record.Logs);
    }
}
