namespace AsyncMQ.Conformance.Limiting;

/// <summary>Limits of a queue, counted where claims are made, over all workers. Invariant 9; reference RL-01 to RL-06.</summary>
public abstract class QueueLimitTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task No_more_jobs_run_at_once_than_the_limit_says_whoever_claims_them()
    {
        await Store.AddBulk(Batch("a", "b", "c", "d", "e"));
        await Store.Limit(new() { Concurrency = 3 });
        Worker one = await Store.OpenWorker("one"), other = await Store.OpenWorker("other");

        IReadOnlyList<ClaimedJob> first = await one.Claim(2);
        Assert.Equal(["a", "b"], first.Ids());
        Assert.Equal(["c"], (await other.Claim(2)).Ids());
        Assert.Empty(await one.Claim(2));

        await one.Complete(first[0]);
        Assert.Equal(["d"], (await other.Claim(2)).Ids());
        Assert.Empty(await one.Claim(2));
    }

    [Fact]
    public async Task A_slot_that_comes_free_in_a_step_is_given_in_it()
    {
        await Store.AddBulk(Batch("a", "b"));
        await Store.Limit(new() { Concurrency = 1 });
        Worker worker = await Store.OpenWorker();
        ClaimedJob a = await worker.ClaimOne();

        ExchangeReply reply = await worker.Exchange(Worker.ClaimOf(1) with { Settlements = [Worker.Settlement(a, SettlementKind.Complete)] });

        Assert.Equal(["b"], reply.Claimed.Ids());
    }

    [Fact]
    public async Task A_job_that_a_limit_holds_back_stays_waiting_and_loses_no_attempt()
    {
        await Store.AddBulk(Batch("a", "b"));
        await Store.Limit(new() { Concurrency = 1 });
        Worker worker = await Store.OpenWorker();
        ClaimedJob a = await worker.ClaimOne();

        for (int i = 0; i < 3; i++)
            Assert.Empty(await worker.Claim(1));

        JobRecord held = await Store.Get("b");
        Assert.Equal((JobState.Waiting, 0), (held.State, held.Attempt));
        await worker.Complete(a);
        Assert.Equal(1, (await worker.ClaimOne()).Attempt);
    }

    public static TheoryData<string> WaysOutOfTheQueue =>
        ["complete", "fail", "retry later", "hand back later", "park", "remove", "cancel", "recover", "close"];

    [Theory]
    [MemberData(nameof(WaysOutOfTheQueue))]
    public async Task Whatever_way_a_job_takes_its_slot_and_that_of_its_key_come_free(string way)
    {
        await Store.Limit(new() { Concurrency = 1, PerKey = new() { Concurrency = 1 } });
        await Store.AddBulk(Job("a").WithKey("k"), Job("b").WithKey("k"));
        Worker worker = await Store.OpenWorker(), other = await Store.OpenWorker("other");
        ClaimedJob a = await worker.ClaimOne();
        Assert.Empty(await other.Claim(5));

        await (way switch
        {
            "complete" => worker.Complete(a),
            "fail" => worker.Fail(a),
            "retry later" => worker.Retry(a, 1.Hours()),
            "hand back later" => worker.HandBack(a, 1.Hours()),
            "park" => worker.Park(a),
            "remove" => Store.Do(JobCommand.Remove, "a"),
            "cancel" => CancelAndObey(worker, a),
            "recover" => RecoverFrom(other, a.Ref.Id),
            _ => worker.Close(),
        });

        string next = way is "recover" or "close" or "park" ? "a" : "b";
        Assert.Equal([next], (await other.Claim(5)).Ids());
        Assert.Equal((1, next == "a" ? 1 : 0), ((await Store.GetKey("k")).Active, (await Store.GetKey("k")).Waiting));
    }

    [Fact]
    public async Task Nobody_polls_for_a_slot_and_whoever_sleeps_is_told_of_it()
    {
        await Store.AddBulk(Batch("a", "b"));
        await Store.Limit(new() { Concurrency = 1 });
        Worker worker = await Store.OpenWorker(), sleeper = await Store.OpenWorker("sleeper");
        ClaimedJob a = await worker.ClaimOne();

        Assert.Null((await sleeper.Exchange(Worker.ClaimOf(1))).NextWork);
        using var ears = new Ears(Store.Store);
        await worker.Complete(a);

        await ears.Hears(IsWork);
        Assert.Equal(["b"], (await sleeper.Claim(1)).Ids());
    }

    [Fact]
    public async Task No_window_however_it_is_laid_has_more_starts_than_the_rate_says()
    {
        var rate = new RateLimit(10, 64.Seconds());
        await Store.Limit(new() { Rate = rate });
        await Store.AddBulk(Batch(Enumerable.Range(0, 100).Select(i => $"{i}")));
        Worker[] workers = [await Store.OpenWorker("a", 1.Days()), await Store.OpenWorker("b", 1.Days())];
        List<DateTimeOffset> starts = [];
        var random = new Random(7);
        DateTimeOffset began = await Store.Now();
        while (starts.Count < 100)
        {
            IReadOnlyList<ClaimedJob> claimed = await workers[random.Next(2)].Claim(random.Next(1, 20));
            foreach (ClaimedJob job in claimed)
                starts.Add((await Store.Get(job.Ref.Id)).StartedAt!.Value);
            await Store.Advance(TimeSpan.FromSeconds(random.NextDouble() * 5));
        }

        for (int i = 0; i + rate.Permits < starts.Count; i++)
            Assert.InRange(starts[i + rate.Permits] - starts[i], rate.Window, TimeSpan.MaxValue);
        Assert.InRange((await Store.Now() - began).TotalSeconds, 9 * 64, 9 * 64 * 1.15);
    }

    [Fact]
    public async Task With_a_backlog_at_least_98_of_100_permits_are_used()
    {
        await Store.Limit(new() { Rate = new(5, 64.Seconds()) });
        await Store.AddBulk(Batch(Enumerable.Range(0, 600).Select(i => $"{i}")));
        Worker worker = await Store.OpenWorker(lease: 365.Days());
        DateTimeOffset began = await Store.Now();
        int started = 0;
        while (started < 500)
        {
            ExchangeReply reply = await worker.Exchange(Worker.ClaimOf(100));
            started += reply.Claimed.Count;
            await Store.Advance((reply.NextWork ?? TimeSpan.Zero) + 1.Milliseconds());
        }

        // 500 starts are 100 windows full, the last of which need not end.
        double windows = (await Store.Now() - began) / 64.Seconds();
        Assert.InRange(windows, 99, 100 / 0.98);
    }

    [Fact]
    public async Task A_worker_is_told_when_the_next_permit_comes()
    {
        await Store.Limit(new() { Rate = new(2, 64.Seconds()) });
        await Store.AddBulk(Batch("a", "b", "c"));
        Worker worker = await Store.OpenWorker(lease: 1.Days());

        ExchangeReply reply = await worker.Exchange(Worker.ClaimOf(5));

        Assert.Equal(["a", "b"], reply.Claimed.Ids());
        Assert.InRange(reply.NextWork!.Value, 60.Seconds(), 66.Seconds());
        QueueRecord queue = await Store.Queue();
        Assert.InRange(queue.NextPermit!.Value - await Store.Now(), 60.Seconds(), 66.Seconds());
        await Store.Advance(reply.NextWork.Value - 5.Seconds());
        Assert.Empty(await worker.Claim(5));
        await Store.Advance(6.Seconds());
        Assert.Null((await Store.Queue()).NextPermit);
        Assert.Equal(["c"], (await worker.Claim(5)).Ids());
    }

    [Fact]
    public async Task A_retry_spends_a_permit_and_a_parked_job_gives_its_back()
    {
        await Store.Limit(new() { Rate = new(3, 1.Hours()) });
        await Store.AddBulk(Batch("a", "b"));
        Worker worker = await Store.OpenWorker();
        Worker knowsNothing = await Store.OpenWorker("knows nothing", null, "other");

        await worker.Retry(await worker.ClaimOne());
        await knowsNothing.Park(await knowsNothing.ClaimOne());
        Assert.Equal(["b", "a"], [.. (await worker.Claim(1)).Ids(), .. (await worker.Claim(1)).Ids()]);
        Assert.NotNull((await Store.Queue()).NextPermit);
    }

    [Fact]
    public async Task A_change_takes_effect_at_once_and_wakes_sleepers()
    {
        await Store.AddBulk(Batch("a", "b", "c", "d"));
        await Store.Limit(new() { Concurrency = 1 });
        Worker worker = await Store.OpenWorker();
        await worker.ClaimOne();
        using var ears = new Ears(Store.Store);

        await Store.Limit(new() { Concurrency = 3 });
        await ears.Hears(IsWork);
        Assert.Equal(["b", "c"], (await worker.Claim(5)).Ids());

        await Store.Limit(new() { Concurrency = 2 });
        Assert.Empty(await worker.Claim(5));
        await Store.Limit(null);
        Assert.Equal(["d"], (await worker.Claim(5)).Ids());
    }

    [Fact]
    public async Task A_limit_is_seen_and_outlives_the_store_s_process()
    {
        var limits = new QueueLimits { Concurrency = 1, Rate = new(2, 1.Hours()), PerKey = new() { Concurrency = 3, Rate = new(4, 1.Days()), StrictOrder = true } };
        Assert.Equal(QueueReply.Done, await Store.Limit(limits));
        await Store.LimitKey("k", new() { Concurrency = 7 });
        await Store.AddBulk(Batch("a", "b", "c"));
        Worker worker = await Store.OpenWorker(lease: 1.Days());
        await worker.Complete(await worker.ClaimOne());
        ClaimedJob running = await worker.ClaimOne();

        await Reopen();

        Assert.Equal(limits, (await Store.Queue()).Limits);
        Assert.Equal(new KeyLimits { Concurrency = 7 }, (await Store.GetKey("k")).Limits);
        worker = worker.On(Store);
        await worker.Complete(running);
        Assert.Empty(await worker.Claim(1));
        Assert.NotNull((await Store.Queue()).NextPermit);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Jobs_of_a_limited_queue_are_not_claimed_ahead_of_their_start(bool rate)
    {
        await Store.AddBulk(Batch("a", "b", "c"));
        await Store.Limit(rate ? new() { Rate = new(10, 1.Hours()) } : new() { Concurrency = 10 });
        Worker worker = await Store.OpenWorker();

        Assert.Equal(["a"], (await worker.Exchange(Worker.ClaimOf(1) with { Prefetch = 5 })).Claimed.Ids());
    }

    [Fact]
    public async Task Limits_are_of_one_queue()
    {
        await Store.Limit(new() { Concurrency = 1 });
        await Store.AddBulk(Job("a"), Job("b"), Job("c").In("other"), Job("d").In("other"));
        Worker worker = await Store.OpenWorker();

        Assert.Equal(["a", "c", "d"], (await worker.Claim(10, DefaultQueue, "other")).Ids());
    }

    private async Task CancelAndObey(Worker worker, ClaimedJob job)
    {
        await Store.Do(JobCommand.Cancel, job.Ref.Id);
        await worker.Settle(Worker.Settlement(job, SettlementKind.HandBack));
    }

    private async Task RecoverFrom(Worker living, string id)
    {
        for (int i = 0; i < 20; i++)
        {
            await Store.Advance(1.Seconds());
            living.Renew();
        }

        await Store.Recover();
        Assert.Equal(JobState.Waiting, await Store.StateOf(id));
    }

    private static bool IsWork(StoreSignal signal) => signal.Kind is StoreSignalKind.Changed or StoreSignalKind.Work;
}
