namespace AsyncMQ.Conformance.Limiting;

/// <summary>Limits of keys: per key alike, or one key's own; counted over all workers, kept, seen, forgotten when nothing is left to remember.</summary>
public abstract class KeyLimitTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task Of_each_key_no_more_jobs_run_at_once_than_the_limit_says()
    {
        await Store.LimitKeys(new() { Concurrency = 2 });
        await Store.AddBulk(Job("a1").WithKey("a"), Job("a2").WithKey("a"), Job("a3").WithKey("a"), Job("b1").WithKey("b"), Job("c1"), Job("c2"), Job("c3"));
        Worker one = await Store.OpenWorker("one"), other = await Store.OpenWorker("other");

        string[] first = (await one.Claim(4)).Ids(), then = (await other.Claim(4)).Ids();

        Assert.Equal(["a1", "a2", "b1", "c1", "c2", "c3"], first.Concat(then).Order(StringComparer.Ordinal));
        Assert.Equal(1, await Store.Count(JobState.Waiting));
    }

    [Fact]
    public async Task A_slot_of_a_key_that_comes_free_is_told_to_sleepers_and_given()
    {
        await Store.LimitKeys(new() { Concurrency = 1 });
        await Store.AddBulk(Job("a1").WithKey("a"), Job("a2").WithKey("a"));
        Worker worker = await Store.OpenWorker(), sleeper = await Store.OpenWorker("sleeper");
        ClaimedJob a1 = await worker.ClaimOne();
        Assert.Null((await sleeper.Exchange(Worker.ClaimOf(1))).NextWork);
        using var ears = new Ears(Store.Store);

        await worker.Complete(a1);

        await ears.Hears(signal => signal.Kind is StoreSignalKind.Changed or StoreSignalKind.Work);
        Assert.Equal(["a2"], (await sleeper.Claim(1)).Ids());
    }

    [Fact]
    public async Task A_lowered_limit_of_each_key_lets_nothing_through_until_as_many_have_ended()
    {
        await Store.LimitKeys(new() { Concurrency = 3 });
        await Store.AddBulk(Job("a1").WithKey("a"), Job("a2").WithKey("a"), Job("a3").WithKey("a"), Job("a4").WithKey("a"), Job("a5").WithKey("a"));
        Worker worker = await Store.OpenWorker();
        IReadOnlyList<ClaimedJob> claimed = await worker.Claim(5);
        Assert.Equal(3, claimed.Count);

        await Store.LimitKeys(new() { Concurrency = 2 });

        await worker.Complete(claimed[0]);
        Assert.Empty(await worker.Claim(5));
        await worker.Complete(claimed[1]);
        Assert.Equal(["a4"], (await worker.Claim(5)).Ids());
    }

    [Fact]
    public async Task Each_key_has_a_rate_of_its_own_and_the_worker_is_told_of_the_next_permit()
    {
        await Store.LimitKeys(new() { Rate = new(2, 64.Seconds()) });
        await Store.AddBulk(Job("a1").WithKey("a"), Job("a2").WithKey("a"), Job("a3").WithKey("a"), Job("b1").WithKey("b"));
        Worker worker = await Store.OpenWorker(lease: 1.Days());

        ExchangeReply reply = await worker.Exchange(Worker.ClaimOf(10));

        Assert.Equal(["a1", "b1", "a2"], reply.Claimed.Ids());
        Assert.InRange(reply.NextWork!.Value, 60.Seconds(), 66.Seconds());
        Assert.InRange((await Store.GetKey("a")).NextPermit!.Value - await Store.Now(), 60.Seconds(), 66.Seconds());
        Assert.Null((await Store.GetKey("b")).NextPermit);
        await Store.Advance(reply.NextWork.Value + 1.Seconds());
        Assert.Equal(["a3"], (await worker.Claim(10)).Ids());
    }

    [Fact]
    public async Task A_key_s_own_limits_take_the_place_of_those_for_all()
    {
        await Store.LimitKeys(new() { Concurrency = 1 });
        await Store.LimitKey("vip", new() { Concurrency = 3 });
        await Store.LimitKey("free", new());
        await Store.AddBulk([.. new[] { "vip", "free", "other" }.SelectMany(key => Enumerable.Range(0, 5).Select(i => Job($"{key}-{i}").WithKey(key)))]);
        Worker worker = await Store.OpenWorker();

        string[] claimed = (await worker.Claim(100)).Ids();

        Assert.Equal((3, 5, 1), (claimed.Count(id => id.StartsWith("vip")), claimed.Count(id => id.StartsWith("free")), claimed.Count(id => id.StartsWith("other"))));
        await Store.LimitKey("vip", null);
        Assert.Null((await Store.GetKey("vip")).Limits);
        Assert.Empty(await worker.Claim(100));
    }

    [Fact]
    public async Task A_change_for_a_key_takes_effect_at_once_and_wakes_sleepers()
    {
        await Store.LimitKey("a", new() { Concurrency = 1 });
        await Store.AddBulk(Job("a1").WithKey("a"), Job("a2").WithKey("a"), Job("a3").WithKey("a"));
        Worker worker = await Store.OpenWorker();
        await worker.ClaimOne();
        Assert.Empty(await worker.Claim(5));
        using var ears = new Ears(Store.Store);

        await Store.LimitKey("a", new() { Concurrency = 2 });

        await ears.Hears(signal => signal.Kind is StoreSignalKind.Changed or StoreSignalKind.Work);
        Assert.Equal(["a2"], (await worker.Claim(5)).Ids());
    }

    [Fact]
    public async Task The_queue_s_limits_hold_over_all_its_keys()
    {
        await Store.Limit(new() { Concurrency = 3, PerKey = new() { Concurrency = 2 } });
        await Store.AddBulk(Job("a1").WithKey("a"), Job("a2").WithKey("a"), Job("a3").WithKey("a"), Job("b1").WithKey("b"), Job("b2").WithKey("b"));

        Assert.Equal(["a1", "b1", "a2"], (await (await Store.OpenWorker()).Claim(10)).Ids());
    }

    [Fact]
    public async Task Jobs_whose_key_nothing_limits_are_claimed_ahead_of_their_start_in_turn()
    {
        await Store.AddBulk(Job("a1").WithKey("a"), Job("a2").WithKey("a"), Job("b1").WithKey("b"), Job("c"), Job("d"), Job("b2").WithKey("b"));

        ExchangeReply reply = await (await Store.OpenWorker()).Exchange(Worker.ClaimOf(1) with { Prefetch = 4 });

        Assert.Equal(["a1", "b1", "c", "a2", "b2"], reply.Claimed.Ids());
    }

    [Fact]
    public async Task Whether_a_job_is_claimed_ahead_goes_by_the_limits_that_hold_for_its_key()
    {
        await Store.LimitKeys(new() { Concurrency = 1 });
        await Store.LimitKey("free", new());
        await Store.AddBulk(Job("a").WithKey("free"), Job("b").WithKey("free"), Job("c").WithKey("other"), Job("d").WithKey("free"));

        Assert.Equal(["a"], (await (await Store.OpenWorker()).Exchange(Worker.ClaimOf(1) with { Prefetch = 5 })).Claimed.Ids());
        await Store.LimitKeys(new() { Concurrency = 2 });
        Assert.Equal(["c", "b", "d"], (await (await Store.OpenWorker()).Exchange(Worker.ClaimOf(1) with { Prefetch = 5 })).Claimed.Ids());
    }

    [Fact]
    public async Task A_key_s_last_place_is_not_taken_ahead_of_a_start()
    {
        await Store.LimitKeys(new() { Concurrency = 3 });
        await Store.AddBulk([.. Enumerable.Range(1, 4).Select(i => Job($"a{i}").WithKey("a"))]);
        Worker worker = await Store.OpenWorker(), other = await Store.OpenWorker("other");

        Assert.Equal(["a1", "a2"], (await worker.Exchange(Worker.ClaimOf(1) with { Prefetch = 5 })).Claimed.Ids());
        Assert.Equal(["a3"], (await other.Claim(1)).Ids());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_job_whose_key_keeps_an_order_or_a_rate_is_not_claimed_ahead_of_its_start(bool order)
    {
        await Store.LimitKeys(order ? new() { StrictOrder = true } : new() { Rate = new(100, 1.Hours()) });
        await Store.AddBulk(Job("a").WithKey("a"), Job("b").WithKey("b"), Job("c").WithKey("c"));

        Assert.Equal(["a"], (await (await Store.OpenWorker()).Exchange(Worker.ClaimOf(1) with { Prefetch = 5 })).Claimed.Ids());
    }

    [Fact]
    public async Task A_job_tells_its_key_whatever_becomes_of_it()
    {
        await Store.AddBulk(Job("a").WithKey("k"), Job("b").WithKey("k").Delayed(1.Hours()), Job("c").WithKey("k").DependsOn("b"), Job("d"));
        Worker worker = await Store.OpenWorker();
        IReadOnlyList<ClaimedJob> claimed = await worker.Claim(2);
        await worker.Complete(claimed.Single(job => job.Ref.Id == "a"));

        Assert.Equal(["k", "k", "k", null], [(await Store.Get("a")).LimitKey, (await Store.Get("b")).LimitKey, (await Store.Get("c")).LimitKey, (await Store.Get("d")).LimitKey]);
        Assert.All(claimed, job => Assert.Equal(job.Ref.Id == "a", job.Flags.HasFlag(JobFlags.Key)));
        await Reopen();
        Assert.Equal("k", (await Store.Get("b")).LimitKey);
    }

    [Fact]
    public async Task A_key_of_which_nothing_is_left_to_remember_is_forgotten()
    {
        Worker worker = await Store.OpenWorker(lease: 1.Days());
        await Store.Add(Job("a").WithKey("plain"));
        await worker.Complete(await worker.ClaimOne());
        Assert.Null(await Store.FindKey("plain"));

        await Store.LimitKeys(new() { Rate = new(5, 1.Minutes()) });
        await Store.Add(Job("b").WithKey("rate"));
        await worker.Complete(await worker.ClaimOne());
        await Store.LimitKey("own", new() { Concurrency = 1 });
        await Store.Hold(10.Minutes(), "held");
        Assert.Equal(["held", "own", "rate"], await Store.Keys());

        await Store.Advance(2.Minutes());
        Assert.Equal(["held", "own"], await Store.Keys());
        await Store.Advance(10.Minutes());
        await Store.Maintain();
        Assert.Equal(["own"], await Store.Keys());
        await Store.LimitKey("own", null);
        Assert.Empty(await Store.Keys());
    }

    [Fact]
    public async Task The_permits_that_a_key_has_spent_are_remembered_when_the_store_is_opened_again()
    {
        await Store.LimitKeys(new() { Rate = new(3, 1.Hours()) });
        await Store.AddBulk([.. Enumerable.Range(1, 5).Select(i => Job($"a{i}").WithKey("a"))]);
        Worker worker = await Store.OpenWorker(lease: 1.Days());
        await worker.ClaimOne();
        await worker.ClaimOne();

        await Reopen();

        Assert.Equal(["a3"], (await worker.On(Store).Claim(10)).Ids());
    }

    [Fact]
    public async Task Keys_are_listed_in_ordinal_order_page_by_page()
    {
        string[] names = [.. Enumerable.Range(0, 25).Select(i => $"k{i}"), "K", "ä", "z", "k:1", "1"];
        await Store.AddBulk([.. names.Select(name => Job($"job-{name.Replace(':', '-')}").WithKey(name))]);

        List<string> listed = [];
        for (string[] page = await Store.Keys(take: 7); page.Length > 0; page = await Store.Keys(listed[^1], 7))
            listed.AddRange(page);

        Assert.Equal(names.Order(StringComparer.Ordinal), listed);
        Assert.Empty(await Store.Store.KeysAsync("never", null, 10, default));
        Assert.Null(await Store.FindKey("k", "never"));
    }

    [Fact]
    public async Task Keys_go_with_their_queue()
    {
        await Store.LimitKeys(new() { Concurrency = 1, Rate = new(1, 1.Days()) });
        await Store.LimitKey("own", new() { Concurrency = 1 });
        await Store.Hold(1.Days());
        await Store.Hold(1.Days(), "held");
        await Store.Do(new QueueCommand.Close(Force: false));
        while (await Store.Do(new QueueCommand.Delete()) == QueueReply.More)
        {
        }

        await Store.Add(Job("a").WithKey("own"));

        Assert.Equal(["own"], await Store.Keys());
        QueueRecord queue = await Store.Queue();
        Assert.Equal((null, null, null), (queue.Limits, queue.HeldUntil, (await Store.GetKey("own")).Limits));
        Assert.Equal(["a"], (await (await Store.OpenWorker()).Claim(1)).Ids());
    }

    [Fact]
    public async Task Limits_and_keys_show_nothing_of_jobs_that_pages_do_not()
    {
        await Store.LimitKeys(new() { Concurrency = 1 });
        await Store.AddBulk(Job("a").WithKey("k").WithPriority(9), Job("b"), Job("c").WithKey("l"), Job("d").WithKey("k").WithPriority(1), Job("e").WithKey("k"));

        Assert.Equal(["d", "b", "c", "e", "a"], await Store.Page(JobState.Waiting));
        QueueCounts counts = await Store.Counts();
        Assert.Equal((5, 2), (counts.ByState[(int)JobState.Waiting], counts.Prioritized));
    }
}
