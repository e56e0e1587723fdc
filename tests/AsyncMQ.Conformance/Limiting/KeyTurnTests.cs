namespace AsyncMQ.Conformance.Limiting;

/// <summary>Keys take turns: whoever has stood longest is next, whatever the backlog of another. Survey I-30; techniques: fairness.</summary>
/// <param name="fixture">Where stores come from.</param>
/// <param name="backlog">How many jobs of one key stand against one of another.</param>
public abstract class KeyTurnTests(IStoreFixture fixture, int backlog = 1_000_000) : ConformanceTests(fixture)
{
    [Fact]
    public async Task Within_a_priority_keys_take_turns_and_jobs_without_a_key_are_one_more()
    {
        await Store.AddBulk(
            Job("a1").WithKey("a"), Job("a2").WithKey("a"), Job("a3").WithKey("a"), Job("b1").WithKey("b"), Job("p1"), Job("b2").WithKey("b"), Job("p2"), Job("c1").WithKey("c"));
        Worker worker = await Store.OpenWorker();

        Assert.Equal(["a1", "b1", "p1", "c1", "a2", "b2", "p2", "a3"], await ClaimOneByOne(worker, 8));
    }

    [Fact]
    public async Task Jobs_without_a_key_that_were_first_keep_their_turn_when_one_with_a_key_is_added_with_them()
    {
        await Store.AddBulk(Job("p1"), Job("a1").WithKey("a"), Job("p2"));

        Assert.Equal(["p1", "a1", "p2"], await ClaimOneByOne(await Store.OpenWorker(), 3));
    }

    [Fact]
    public async Task A_lower_priority_comes_first_whoever_s_turn_it_is()
    {
        await Store.AddBulk(
            Job("a1").WithKey("a"), Job("b1").WithKey("b"), Job("a2").WithKey("a").WithPriority(1), Job("a3").WithKey("a").WithPriority(1), Job("p").WithPriority(1), Job("c1").WithKey("c").WithPriority(9));

        Assert.Equal(["a2", "p", "a3", "a1", "b1", "c1"], await ClaimOneByOne(await Store.OpenWorker(), 6));
    }

    [Fact]
    public async Task One_batch_takes_the_same_turns_as_single_claims()
    {
        await Store.AddBulk([.. Enumerable.Range(0, 30).Select(i => Job($"{i}").WithKey($"k{i % 3 * (i % 2)}"))]);
        string[] all = await Store.Page(JobState.Waiting);
        Worker worker = await Store.OpenWorker();

        IReadOnlyList<ClaimedJob> batch = await worker.Claim(30);
        foreach (ClaimedJob job in batch)
            await worker.HandBack(job);
        Assert.Equal(all, await Store.Page(JobState.Waiting));

        // A hand-back keeps the job's place, not its key's: each key stands anew, in order of the hand-backs.
        Assert.Equal(batch.Ids(), await ClaimOneByOne(worker, 30));
    }

    [Fact]
    public async Task A_key_whose_only_jobs_come_one_at_a_time_gains_nothing_by_it()
    {
        await Store.AddBulk([.. Enumerable.Range(0, 10).SelectMany(i => new[] { Job($"a{i}").WithKey("a"), Job($"b{i}").WithKey("b") })]);
        Worker worker = await Store.OpenWorker();
        List<string> order = [];
        for (int i = 0; i < 9; i++)
        {
            if (i % 3 == 0)
                await Store.Add(Job($"n{i}").WithKey("new"));
            order.AddRange((await worker.Claim(1)).Ids());
        }

        Assert.Equal(["a0", "b0", "n0", "a1", "b1", "n3", "a2", "b2", "n6"], order);
    }

    [Fact]
    public async Task A_key_that_was_full_takes_its_place_behind_those_that_stand()
    {
        await Store.LimitKey("a", new() { Concurrency = 1 });
        await Store.AddBulk(Job("a1").WithKey("a"), Job("a2").WithKey("a"), Job("b1").WithKey("b"), Job("b2").WithKey("b"), Job("c1").WithKey("c"));
        Worker worker = await Store.OpenWorker();
        ClaimedJob a1 = await worker.ClaimOne();
        Assert.Equal(["b1"], (await worker.Claim(1)).Ids());

        await worker.Complete(a1);

        Assert.Equal(["c1", "b2", "a2"], await ClaimOneByOne(worker, 3));
    }

    [Fact]
    public async Task Keys_that_open_by_time_come_in_order_of_their_times()
    {
        await Store.AddBulk(Job("x").WithKey("x"), Job("y").WithKey("y"), Job("z").WithKey("z"));
        await Store.Hold(3.Minutes(), "x");
        await Store.Hold(2.Minutes(), "z");
        await Store.Hold(1.Minutes(), "y");
        Worker worker = await Store.OpenWorker(lease: 1.Days());
        Assert.Empty(await worker.Claim(3));

        await Store.Advance(10.Minutes());

        Assert.Equal(["y", "z", "x"], (await worker.Claim(3)).Ids());
    }

    [Fact]
    public async Task Keys_that_open_at_one_time_come_in_order_of_their_names()
    {
        await Store.LimitKeys(new() { Rate = new(1, 1.Hours()) });
        await Store.AddBulk([.. new[] { "c", "a", "B" }.SelectMany(key => new[] { Job($"{key}1").WithKey(key), Job($"{key}2").WithKey(key) })]);
        Worker worker = await Store.OpenWorker(lease: 1.Days());
        Assert.Equal(["c1", "a1", "B1"], (await worker.Claim(10)).Ids());

        await Store.Advance(2.Hours());

        Assert.Equal(["B2", "a2", "c2"], (await worker.Claim(10)).Ids());
    }

    [Fact]
    public async Task Keys_that_a_command_opens_come_in_order_of_their_names()
    {
        await Store.LimitKeys(new() { Concurrency = 1 });
        await Store.AddBulk([.. new[] { "c", "a", "B", "b" }.SelectMany(key => new[] { Job($"{key}1").WithKey(key), Job($"{key}2").WithKey(key) })]);
        Worker worker = await Store.OpenWorker();
        Assert.Equal(["c1", "a1", "B1", "b1"], (await worker.Claim(10)).Ids());

        await Store.LimitKeys(new() { Concurrency = 2 });

        Assert.Equal(["B2", "a2", "b2", "c2"], (await worker.Claim(10)).Ids());
    }

    [Fact]
    public async Task Parked_jobs_take_part_in_the_turns_of_their_keys_and_in_their_limits()
    {
        await Store.AddBulk(Job("r1").Named("rare").WithKey("a"), Job("r2").Named("rare").WithKey("a"), Job("w1").WithKey("a"), Job("w2").WithKey("b"), Job("r3").Named("rare"));
        Worker knowsNothing = await Store.OpenWorker("knows nothing", null, "other");
        for (int i = 0; i < 5; i++)
            await knowsNothing.Park((await knowsNothing.Claim(1))[0]);
        Assert.Equal(5, (await Store.Counts()).Parked);
        await Store.LimitKeys(new() { Concurrency = 2 });

        Worker worker = await Store.OpenWorker("works"), both = await Store.OpenWorker("both", null, "work", "rare");

        string[] seen = (await worker.Claim(10)).Ids();
        Assert.Equal(["w1", "w2"], seen.Order(StringComparer.Ordinal));
        string[] rest = (await both.Claim(10)).Ids();
        Assert.Equal(["r1", "r3"], rest.Order(StringComparer.Ordinal));
        Assert.Equal(["r2"], await Store.Page(JobState.Waiting));
    }

    [Fact]
    public async Task Jobs_without_a_key_keep_their_place_when_another_comes_while_some_wait_parked()
    {
        await Store.AddBulk(Job("k1").WithKey("k"), Job("p1").Named("rare"), Job("k2").WithKey("k"));
        Worker knowsNothing = await Store.OpenWorker("knows nothing", null, "other"), both = await Store.OpenWorker("both", null, "work", "rare");
        await knowsNothing.ClaimOne();
        await knowsNothing.Park(await knowsNothing.ClaimOne());
        await Store.Add(Job("l1").WithKey("l"));

        await Store.Add(Job("p2"));

        Assert.Equal(["k2", "p1", "l1", "p2"], await ClaimOneByOne(both, 4));
    }

    [Fact]
    public async Task A_key_keeps_its_place_when_a_job_of_it_is_parked()
    {
        await Store.AddBulk(Job("k1").Named("rare").WithKey("k"), Job("k2").WithKey("k"), Job("l1").WithKey("l"));
        Worker knowsNothing = await Store.OpenWorker("knows nothing", null, "other"), both = await Store.OpenWorker("both", null, "work", "rare");
        ClaimedJob k1 = await knowsNothing.ClaimOne();
        await Store.Add(Job("m1").WithKey("m"));

        await knowsNothing.Park(k1);

        Assert.Equal(["l1", "k1", "m1", "k2"], await ClaimOneByOne(both, 4));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public async Task However_many_are_claimed_at_once_the_turns_are_the_same(int atOnce)
    {
        await Store.AddBulk(
            Job("a1").WithKey("a"), Job("a2").WithKey("a"), Job("b1").WithKey("b"), Job("p1"), Job("c1").WithKey("c"), Job("a3").WithKey("a"), Job("b2").WithKey("b"),
            Job("late").WithKey("d").WithPriority(9), Job("p2"), Job("soon").WithKey("a").WithPriority(1), Job("short").WithKey("c").ToLive(1.Minutes()),
            Job("urgent").WithPriority(0));
        Worker worker = await Store.OpenWorker();

        List<string> seen = [];
        for (string[] next = (await worker.Claim(atOnce)).Ids(); next.Length > 0; next = (await worker.Claim(atOnce)).Ids())
            seen.AddRange(next);

        Assert.Equal(["urgent", "soon", "a1", "b1", "p1", "c1", "a2", "b2", "p2", "short", "a3", "late"], seen);
    }

    [Fact]
    public async Task Within_a_key_and_priority_jobs_come_in_order_parked_or_not()
    {
        await Store.AddBulk(Job("1").Named("rare").WithKey("k"), Job("2").WithKey("k"), Job("3").Named("rare").WithKey("k"), Job("4").WithKey("k"));
        Worker worker = await Store.OpenWorker();
        await worker.Park(await worker.ClaimOne());
        Worker both = await Store.OpenWorker("both", null, "work", "rare");

        Assert.Equal(["1", "2", "3", "4"], await ClaimOneByOne(both, 4));
    }

    [Fact]
    public async Task The_first_job_of_a_new_key_starts_soon_whatever_the_backlog_of_another()
    {
        const int keys = 4;
        for (int added = 0; added < backlog; added += 10_000)
            await Store.AddBulk([.. Enumerable.Range(added, Math.Min(10_000, backlog - added)).Select(i => Job($"a{i}").WithKey($"busy-{i % (keys - 1)}"))]);
        Worker worker = await Store.OpenWorker(lease: 1.Days());
        await worker.Claim(100);

        await Store.Add(Job("first").WithKey("new"));

        int claims = 1;
        while ((await worker.ClaimOne()).Ref.Id != "first")
            claims++;
        Assert.InRange(claims, 1, 2 * keys);
    }

    private static async Task<string[]> ClaimOneByOne(Worker worker, int count)
    {
        var ids = new string[count];
        for (int i = 0; i < count; i++)
            ids[i] = (await worker.ClaimOne()).Ref.Id;
        return ids;
    }
}
