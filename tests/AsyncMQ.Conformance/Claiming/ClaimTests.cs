namespace AsyncMQ.Conformance;

/// <summary>What a claim takes, from which queues, and what it says of it. Invariant 2.</summary>
public abstract class ClaimTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task A_claim_carries_all_that_a_worker_needs()
    {
        await Store.Add(Job("a").Named("mail").WithPriority(2).WithPayload(Bytes("[1]")).WithEnvelope(Bytes("{}")).Deduplicated("d"));
        Worker worker = await Store.OpenWorker("me");
        var step = Worker.ClaimOf(1) with { Step = worker.Steps.Next(StepCounter.Exchanges) };

        ClaimedJob claimed = Assert.Single((await worker.Send(step)).Claimed);

        Assert.Equal(new JobRef(DefaultQueue, "a"), claimed.Ref);
        Assert.Equal("mail", claimed.Name);
        Assert.Equal("[1]", claimed.Payload.Text());
        Assert.Equal("{}", claimed.Envelope.Text());
        Assert.Equal(1, claimed.Attempt);
        Assert.Equal(0, claimed.Stalls);
        Assert.Equal(2, claimed.Priority);
        Assert.True(claimed.Flags.HasFlag(JobFlags.Deduplication));
        Assert.Equal(new ClaimToken(worker.Id, StepCounter.Exchanges, step.Step.Sequence), claimed.Token);
        JobRecord record = await Store.Get("a");
        Assert.Equal(record.AddedAt, claimed.AddedAt);
        Assert.Equal(JobState.Active, record.State);
        Assert.Equal("me", record.Worker);
        Assert.Equal(1, record.Attempt);
        Assert.NotNull(record.StartedAt);
    }

    [Fact]
    public async Task A_claim_takes_no_more_than_its_slots()
    {
        await Store.AddBulk(Batch("a", "b", "c"));
        Worker worker = await Store.OpenWorker();

        Assert.Equal(["a", "b"], (await worker.Claim(2)).Ids());
        Assert.Equal(["c"], (await worker.Claim(2)).Ids());
        Assert.Empty(await worker.Claim(2));
        Assert.Equal(["a", "b", "c"], await worker.Claims());
    }

    [Fact]
    public async Task Without_slots_nothing_is_claimed()
    {
        await Store.Add(Job("a"));
        Worker worker = await Store.OpenWorker();

        Assert.Empty(await worker.Claim(0));
        Assert.Equal(JobState.Waiting, await Store.StateOf("a"));
    }

    [Fact]
    public async Task Each_entry_bounds_what_it_takes_and_a_queue_may_stand_twice()
    {
        await Store.AddBulk([.. Batch("a1", "a2", "a3", "a4").Select(job => job.In("a")), .. Batch("b1", "b2", "b3").Select(job => job.In("b"))]);
        Worker worker = await Store.OpenWorker();

        ExchangeReply reply = await worker.Exchange(new()
        {
            Step = default,
            Slots = 6,
            Claims = [new("a", 1), new("b", 2), new("a", 10), new("b", 10)],
        });

        Assert.Equal(["a1", "b1", "b2", "a2", "a3", "a4"], reply.Claimed.Ids());
    }

    [Fact]
    public async Task Slots_and_prefetch_together_bound_all()
    {
        await Store.AddBulk(Batch("a", "b", "c", "d", "e"));
        Worker worker = await Store.OpenWorker();

        ExchangeReply reply = await worker.Exchange(Worker.ClaimOf(2) with { Prefetch = 2 });

        Assert.Equal(["a", "b", "c", "d"], reply.Claimed.Ids());
    }

    [Fact]
    public async Task Beyond_the_slots_a_queue_gives_only_jobs_that_do_not_run_out_and_stops_at_the_first_other()
    {
        await Store.AddBulk(Job("a"), Job("b").ToLive(1.Hours()), Job("c"), Job("d").ToLive(1.Hours()), Job("e"), Job("f").In("other"));
        Worker worker = await Store.OpenWorker();

        ExchangeReply reply = await worker.Exchange(new()
        {
            Step = default,
            Slots = 2,
            Prefetch = 10,
            Claims = [new(DefaultQueue, 100), new("other", 100), new(DefaultQueue, 100)],
        });

        Assert.Equal(["a", "b", "c", "f"], reply.Claimed.Ids());
    }

    [Fact]
    public async Task Deduplicated_watched_and_named_jobs_are_plain_enough_to_prefetch()
    {
        await Store.AddBulk(Job("a"), Job("b").Deduplicated("d"), Job("c").WithCustomId().WithResultWanted());
        Worker worker = await Store.OpenWorker();

        Assert.Equal(["a", "b", "c"], (await worker.Exchange(Worker.ClaimOf(1) with { Prefetch = 5 })).Claimed.Ids());
    }

    [Fact]
    public async Task A_settlement_frees_what_the_same_step_claims()
    {
        await Store.AddBulk(Batch("a", "b"));
        Worker worker = await Store.OpenWorker();
        ClaimedJob first = await worker.ClaimOne();

        ExchangeReply reply = await worker.Exchange(
            Worker.ClaimOf(2) with { Settlements = [Worker.Settlement(first, SettlementKind.Retry)] });

        Assert.Equal([SettleOutcome.Applied], reply.Settled);
        Assert.Equal(["b", "a"], reply.Claimed.Ids());
    }

    [Fact]
    public async Task Queues_asked_for_that_nobody_knows_are_empty()
    {
        Worker worker = await Store.OpenWorker();

        Assert.Empty(await worker.Claim(1, "never-heard-of"));
    }

    [Fact]
    public async Task A_session_without_a_lease_claims_nothing()
    {
        await Store.Add(Job("a"));

        try
        {
            ExchangeReply reply = await Store.Store.ExchangeAsync(
                Worker.ClaimOf(1) with { Step = Store.Steps.Next(StepCounter.Exchanges) }, Cancellation);
            Assert.Empty(reply.Claimed);
        }
        catch (Exception refused) when (refused is InvalidOperationException or ArgumentException or StoreException)
        {
            // To say so is as good as to give nothing.
        }

        Assert.Equal(JobState.Waiting, await Store.StateOf("a"));
    }

    [Fact]
    public async Task Many_queues_in_one_step()
    {
        string[] queues = [.. Enumerable.Range(0, 64).Select(i => $"q{i}")];
        await Store.AddBulk([.. queues.Select(queue => Job("x").In(queue))]);
        Worker worker = await Store.OpenWorker();

        Assert.Equal(queues, (await worker.Claim(100, queues)).Select(job => job.Ref.Queue));
    }
}
