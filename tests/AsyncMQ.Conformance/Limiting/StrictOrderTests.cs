namespace AsyncMQ.Conformance.Limiting;

/// <summary>Strict order: nothing of a key overtakes a job of it that has started, retries included.</summary>
public abstract class StrictOrderTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await Store.LimitKeys(new() { StrictOrder = true, Concurrency = 5 });
        await Store.AddBulk(Job("a").WithKey("k"), Job("b").WithKey("k"), Job("c").WithKey("k"));
    }

    [Fact]
    public async Task One_job_of_the_key_runs_after_the_other()
    {
        Worker worker = await Store.OpenWorker();
        foreach (string id in (string[])["a", "b", "c"])
        {
            ClaimedJob job = Assert.Single(await worker.Claim(5));
            Assert.Equal(id, job.Ref.Id);
            Assert.Equal(id, (await Store.GetKey("k")).Head);
            await worker.Complete(job);
        }
    }

    public static TheoryData<SettlementKind, bool> WaysToComeBack => new()
    {
        { SettlementKind.Retry, false }, { SettlementKind.Retry, true }, { SettlementKind.PutBack, false }, { SettlementKind.PutBack, true },
        { SettlementKind.HandBack, false }, { SettlementKind.HandBack, true }, { SettlementKind.HoldKey, true },
    };

    [Theory]
    [MemberData(nameof(WaysToComeBack))]
    public async Task A_job_that_comes_back_is_still_the_first(SettlementKind way, bool later)
    {
        Worker worker = await Store.OpenWorker(lease: 1.Days());
        await worker.Settle(Worker.Settlement(await worker.ClaimOne(), way, "", later ? 10.Minutes() : default));
        await Store.Add(Job("urgent").WithKey("k").WithPriority(0));

        if (later)
        {
            Assert.Empty(await worker.Claim(5));
            await Store.Advance(11.Minutes());
        }

        Assert.Equal(["a"], (await worker.Claim(5)).Ids());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_job_that_is_tried_again_keeps_its_place_among_those_shown(bool later)
    {
        Worker worker = await Store.OpenWorker(lease: 1.Days());

        await worker.Retry(await worker.ClaimOne(), later ? 10.Minutes() : default);
        await Store.Advance(later ? 11.Minutes() : default);
        await worker.Exchange(Worker.ClaimOf(0));

        Assert.Equal(["a", "b", "c"], await Store.Page(JobState.Waiting));
    }

    [Fact]
    public async Task A_head_comes_before_an_older_job_of_its_key_that_waits_beside_it()
    {
        await Store.LimitKeys(new());
        await Store.AddBulk(Job("older").Named("rare").WithKey("l").WithPriority(0), Job("head").Named("rare").WithKey("l").WithPriority(0));
        Worker knowsNothing = await Store.OpenWorker("knows nothing", null, "other"), knows = await Store.OpenWorker("knows", null, "rare");
        await knowsNothing.Park(await knowsNothing.ClaimOne());
        await Store.LimitKeys(new() { StrictOrder = true });

        await knowsNothing.Park(await knowsNothing.ClaimOne());

        Assert.Equal("head", (await Store.GetKey("l")).Head);
        Assert.Equal(["head"], (await knows.Claim(1)).Ids());
    }

    [Fact]
    public async Task A_job_that_its_worker_lost_is_still_the_first()
    {
        Worker dying = await Store.OpenWorker(), living = await Store.OpenWorker("living", 1.Days());
        await dying.ClaimOne();
        for (int i = 0; i < 20; i++)
        {
            await Store.Advance(1.Seconds());
            living.Renew();
        }

        Assert.Empty(await living.Claim(5));
        await Store.Recover();

        Assert.Equal(["a"], (await living.Claim(5)).Ids());
    }

    [Fact]
    public async Task A_parked_head_blocks_its_key_until_somebody_knows_its_name()
    {
        Worker knowsNothing = await Store.OpenWorker("knows nothing", null, "other");
        await knowsNothing.Park(await knowsNothing.ClaimOne());

        Assert.Empty(await knowsNothing.Claim(5));
        Assert.Equal("a", (await Store.GetKey("k")).Head);
        Assert.Equal(["a"], (await (await Store.OpenWorker()).Claim(5)).Ids());
    }

    public static TheoryData<JobCommand> WaysToEnd => [JobCommand.Remove, JobCommand.Cancel];

    [Theory]
    [MemberData(nameof(WaysToEnd))]
    public async Task A_head_that_somebody_ends_while_it_waits_for_its_retry_lets_the_next_go(JobCommand command)
    {
        Worker worker = await Store.OpenWorker();
        await worker.Retry(await worker.ClaimOne(), 1.Hours());
        using var ears = new Ears(Store.Store);

        await Store.Do(command, "a");

        await ears.Hears(signal => signal.Kind is StoreSignalKind.Changed or StoreSignalKind.Work);
        Assert.Equal(["b"], (await worker.Claim(5)).Ids());
    }

    [Fact]
    public async Task A_head_that_expires_lets_the_next_go()
    {
        await Store.Add(Job("short").WithKey("l").ToLive(1.Minutes()));
        await Store.Add(Job("next").WithKey("l"));
        Worker worker = await Store.OpenWorker("w", 1.Days());
        await worker.Retry((await worker.Claim(5)).Single(job => job.Ref.Id == "short"), 1.Hours());

        await Store.Advance(2.Minutes());

        Assert.Contains("next", (await worker.Claim(5)).Ids());
    }

    [Fact]
    public async Task A_head_that_somebody_gives_another_time_still_blocks()
    {
        Worker worker = await Store.OpenWorker(lease: 1.Days());
        await worker.Retry(await worker.ClaimOne(), 1.Hours());
        await Store.Reschedule("a", 2.Hours());
        await Store.Advance(90.Minutes());
        Assert.Empty(await worker.Claim(5));

        Assert.Equal(JobChangeOutcome.Done, (await Store.Do(JobCommand.Promote, "a")).Outcome);

        Assert.Equal(["a"], (await worker.Claim(5)).Ids());
    }

    [Fact]
    public async Task Without_strict_order_any_more_nothing_blocks()
    {
        Worker worker = await Store.OpenWorker();
        await worker.Retry(await worker.ClaimOne(), 1.Hours());
        Assert.Empty(await worker.Claim(5));

        await Store.LimitKeys(new());

        Assert.Equal(["b", "c"], (await worker.Claim(5)).Ids());
        Assert.Null((await Store.GetKey("k")).Head);
    }

    [Fact]
    public async Task A_job_that_its_user_delays_blocks_nobody_before_it_has_started()
    {
        await Store.Add(Job("later").WithKey("l").Delayed(1.Hours()));
        await Store.Add(Job("now").WithKey("l"));

        Assert.Equal(["a", "now"], (await (await Store.OpenWorker()).Claim(5)).Ids());
    }

    [Fact]
    public async Task Keys_do_not_block_each_other()
    {
        await Store.AddBulk(Job("x").WithKey("l"), Job("y").WithKey("l"), Job("p"), Job("q"));
        Worker worker = await Store.OpenWorker();

        Assert.Equal(["a", "x", "p", "q"], (await worker.Claim(10)).Ids());
    }

    [Fact]
    public async Task A_head_is_one_still_when_the_store_is_opened_again()
    {
        Worker worker = await Store.OpenWorker(lease: 1.Days());
        await worker.Retry(await worker.ClaimOne(), 1.Hours());

        await Reopen();

        worker = worker.On(Store);
        Assert.Empty(await worker.Claim(5));
        await Store.Advance(61.Minutes());
        Assert.Equal(["a"], (await worker.Claim(5)).Ids());
    }
}
