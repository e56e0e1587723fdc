namespace AsyncMQ.Conformance;

/// <summary>Lower priority number first, first in first out within it. Source: reference behaviour J-06; invariant 8.</summary>
public abstract class OrderTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task A_single_consumer_sees_the_order_of_adding()
    {
        string[] ids = [.. Enumerable.Range(0, 200).Select(i => $"job-{i}")];
        foreach (string[] part in ids.Chunk(7))
            await Store.AddBulk(Batch(part));

        Worker worker = await Store.OpenWorker();
        List<string> seen = [];
        while (await worker.Claim(9) is { Count: > 0 } claimed)
            seen.AddRange(claimed.Ids());

        Assert.Equal(ids, seen);
    }

    [Fact]
    public async Task Lower_priority_numbers_come_first_over_the_whole_range()
    {
        int[] priorities = [5, int.MaxValue, 0, -1, int.MinValue, 6, 4, 1 << 20, 5];
        for (int i = 0; i < priorities.Length; i++)
            await Store.Add(Job($"{i}:{priorities[i]}").WithPriority(priorities[i]));
        string[] expected = [.. Enumerable.Range(0, priorities.Length).OrderBy(i => priorities[i]).Select(i => $"{i}:{priorities[i]}")];

        Assert.Equal(expected, await Store.Page(JobState.Waiting));
        Worker worker = await Store.OpenWorker();
        Assert.Equal(expected, (await worker.Claim(100)).Ids());
    }

    [Fact]
    public async Task A_retry_goes_behind_its_equals()
    {
        await Store.AddBulk(Batch("a", "b", "c"));
        Worker worker = await Store.OpenWorker();

        await worker.Retry(await worker.ClaimOne());

        Assert.Equal(["b", "c", "a"], (await worker.Claim(3)).Ids());
    }

    [Fact]
    public async Task A_job_put_back_without_delay_goes_behind_its_equals()
    {
        await Store.AddBulk(Batch("a", "b", "c"));
        Worker worker = await Store.OpenWorker();

        await worker.PutBack(await worker.ClaimOne());

        Assert.Equal(["b", "c", "a"], (await worker.Claim(3)).Ids());
    }

    [Fact]
    public async Task A_job_handed_back_keeps_its_place()
    {
        await Store.AddBulk(Batch("a", "b", "c"));
        Worker worker = await Store.OpenWorker();
        IReadOnlyList<ClaimedJob> claimed = await worker.Claim(2);

        await worker.HandBack(claimed[1]);
        await worker.HandBack(claimed[0]);

        Assert.Equal(["a", "b", "c"], (await worker.Claim(3)).Ids());
    }

    [Fact]
    public async Task A_parked_job_keeps_its_place()
    {
        await Store.AddBulk(Job("a").Named("rare"), Job("b"), Job("c"));
        Worker ignorant = await Store.OpenWorker();
        await ignorant.Park(await ignorant.ClaimOne());

        Worker knowing = await Store.OpenWorker("knowing", null, "work", "rare");

        Assert.Equal(["a", "b", "c"], (await knowing.Claim(3)).Ids());
    }

    [Fact]
    public async Task A_recovered_job_keeps_its_place()
    {
        await Store.AddBulk(Batch("a", "b", "c"));
        Worker doomed = await Store.OpenWorker("doomed");
        Worker worker = await Store.OpenWorker();
        await doomed.ClaimOne();
        await Store.Pass(16.Seconds(), worker);
        await worker.Recover();

        Assert.Equal(["a", "b", "c"], (await worker.Claim(3)).Ids());
    }

    [Fact]
    public async Task A_retry_by_hand_goes_behind_its_equals()
    {
        await Store.AddBulk(Batch("a", "b", "c"));
        Worker worker = await Store.OpenWorker();
        await worker.Fail(await worker.ClaimOne());

        await Store.Do(JobCommand.Retry, "a");

        Assert.Equal(["b", "c", "a"], (await worker.Claim(3)).Ids());
    }

    [Fact]
    public async Task Claims_within_one_step_come_in_the_order_of_the_queues_asked_for()
    {
        await Store.AddBulk(Job("a1").In("a"), Job("b1").In("b"), Job("a2").In("a"), Job("b2").In("b"));
        Worker worker = await Store.OpenWorker();

        Assert.Equal(["b1", "b2", "a1", "a2"], (await worker.Claim(10, "b", "a")).Ids());
    }
}
