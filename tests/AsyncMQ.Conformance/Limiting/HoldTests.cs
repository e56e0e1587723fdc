namespace AsyncMQ.Conformance.Limiting;

/// <summary>A handler that is told to come later holds back its key or its queue, and so may people; nothing of it costs an attempt. Reference RL-06.</summary>
public abstract class HoldTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task A_handler_holds_back_its_queue_and_keeps_place_and_attempt()
    {
        await Store.AddBulk(Batch("a", "b"));
        await Store.Add(Job("c").In("other"));
        Worker worker = await Store.OpenWorker(lease: 1.Days());

        await worker.Settle(Worker.Settlement(await worker.ClaimOne(), SettlementKind.HoldQueue, delay: 10.Minutes()));

        JobRecord held = await Store.Get("a");
        Assert.Equal((JobState.Waiting, 0), (held.State, held.Attempt));
        ExchangeReply reply = await worker.Exchange(Worker.ClaimOf(5, DefaultQueue, "other"));
        Assert.Equal(["c"], reply.Claimed.Ids());
        Assert.InRange(reply.NextWork!.Value, 9.Minutes(), 10.Minutes());
        Assert.InRange((await Store.Queue()).HeldUntil!.Value - await Store.Now(), 9.Minutes(), 10.Minutes());
        await Store.Advance(10.Minutes());
        Assert.Equal(["a", "b"], (await worker.Claim(5)).Ids());
        Assert.Null((await Store.Queue()).HeldUntil);
    }

    [Fact]
    public async Task A_handler_holds_back_its_key_alone()
    {
        await Store.AddBulk(Job("a1").WithKey("a"), Job("a2").WithKey("a"), Job("b1").WithKey("b"), Job("p"));
        Worker worker = await Store.OpenWorker(lease: 1.Days());

        await worker.Settle(Worker.Settlement(await worker.ClaimOne(), SettlementKind.HoldKey, delay: 10.Minutes()));

        ExchangeReply reply = await worker.Exchange(Worker.ClaimOf(5));
        Assert.Equal(["b1", "p"], reply.Claimed.Ids());
        Assert.InRange(reply.NextWork!.Value, 9.Minutes(), 10.Minutes());
        Assert.NotNull((await Store.GetKey("a")).HeldUntil);
        await Store.Advance(10.Minutes());
        Assert.Equal(["a1", "a2"], (await worker.Claim(5)).Ids());
    }

    [Fact]
    public async Task A_job_without_a_key_holds_back_its_queue_where_it_would_hold_its_key()
    {
        await Store.AddBulk(Batch("a", "b"));
        Worker worker = await Store.OpenWorker();

        await worker.Settle(Worker.Settlement(await worker.ClaimOne(), SettlementKind.HoldKey, delay: 10.Minutes()));

        Assert.Empty(await worker.Claim(5));
        Assert.NotNull((await Store.Queue()).HeldUntil);
    }

    [Theory]
    [InlineData(SettlementKind.HoldQueue)]
    [InlineData(SettlementKind.HoldKey)]
    public async Task Of_two_handlers_the_one_told_to_wait_longer_counts(SettlementKind way)
    {
        await Store.AddBulk(Job("a").WithKey("k"), Job("b").WithKey("k"));
        Worker worker = await Store.OpenWorker(lease: 1.Days());
        IReadOnlyList<ClaimedJob> claimed = await worker.Claim(2);

        await worker.SettleAll(Worker.Settlement(claimed[0], way, delay: 10.Minutes()), Worker.Settlement(claimed[1], way, delay: 1.Minutes()));

        await Store.Advance(9.Minutes());
        Assert.Empty(await worker.Claim(5));
        await Store.Advance(2.Minutes());
        Assert.Equal(["a", "b"], (await worker.Claim(5)).Ids());
    }

    [Fact]
    public async Task A_stale_claim_holds_back_nothing()
    {
        await Store.Add(Job("a"));
        Worker worker = await Store.OpenWorker();
        ClaimedJob old = await worker.ClaimOne();
        await worker.HandBack(old);

        Assert.Equal(SettleOutcome.Lost, await worker.Settle(Worker.Settlement(old, SettlementKind.HoldQueue, delay: 10.Minutes())));

        Assert.Equal(["a"], (await worker.Claim(1)).Ids());
    }

    [Fact]
    public async Task A_job_that_was_cancelled_meanwhile_is_cancelled_and_holds_back_nothing()
    {
        await Store.AddBulk(Job("a").WithKey("k"), Job("b").WithKey("k"));
        Worker worker = await Store.OpenWorker();
        ClaimedJob a = await worker.ClaimOne();
        await Store.Do(JobCommand.Cancel, "a");

        Assert.Equal(SettleOutcome.Cancelled, await worker.Settle(Worker.Settlement(a, SettlementKind.HoldKey, delay: 10.Minutes())));

        Assert.Equal(JobState.Cancelled, await Store.StateOf("a"));
        Assert.Equal(["b"], (await worker.Claim(1)).Ids());
    }

    [Fact]
    public async Task People_hold_and_let_go_and_the_latest_word_stands()
    {
        await Store.AddBulk(Job("a").WithKey("k"), Job("b"));
        Worker worker = await Store.OpenWorker(lease: 1.Days());
        using var ears = new Ears(Store.Store);

        await Store.Hold(1.Hours());
        Assert.Empty(await worker.Claim(5));
        await Store.Hold(TimeSpan.Zero);
        await ears.Hears(signal => signal.Kind is StoreSignalKind.Changed or StoreSignalKind.Work);
        await Store.Hold(1.Hours(), "k");
        Assert.Equal(["b"], (await worker.Claim(5)).Ids());
        await Store.Hold(1.Minutes(), "k");
        await Store.Advance(2.Minutes());
        Assert.Equal(["a"], (await worker.Claim(5)).Ids());
    }

    [Fact]
    public async Task A_hold_is_still_there_when_the_store_is_opened_again()
    {
        await Store.AddBulk(Job("a").WithKey("k"), Job("b").In("other"));
        await Store.Hold(1.Hours(), "k");
        await Store.Do(new QueueCommand.Hold(null, 1.Hours()), "other");
        Worker worker = await Store.OpenWorker(lease: 1.Days());

        await Reopen();

        worker = worker.On(Store);
        Assert.Empty(await worker.Claim(5, DefaultQueue, "other"));
        await Store.Advance(61.Minutes());
        Assert.Equal(2, (await worker.Claim(5, DefaultQueue, "other")).Count);
    }
}
