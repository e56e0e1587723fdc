using AsyncMQ.Conformance.Driving;
using static AsyncMQ.Conformance.Driving.Drafts;

namespace AsyncMQ.Sqlite.Tests;

/// <summary>Retention looks past jobs that it spares, however many there are, and at the dependents of one, however many it has.</summary>
public class RetentionWalkTests
{
    private static readonly RetentionPolicy Nothing = RetentionPolicy.Forever with { Count = 0, FailedCount = 0 };

    [Fact]
    public async Task Jobs_behind_thousands_of_spared_ones_are_removed()
    {
        await using IJobStore store = await SqliteStores.OpenAsync(SqliteStores.NewPath());
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        const int spared = 3_500;
        await driver.AddBulk([.. Batch(Enumerable.Range(0, spared).Select(i => $"spared-{i}"))]);
        await driver.AddBulk([.. Enumerable.Range(0, spared).Select(i => Job($"late-{i}").In("other").DependsOn(new JobRef(DefaultQueue, $"spared-{i}")))]);
        await driver.AddBulk(Batch(Enumerable.Range(0, 10).Select(i => $"old-{i}")));
        Worker worker = await driver.OpenWorker();
        for (IReadOnlyList<ClaimedJob> claims; (claims = await worker.Claim(1_000)).Count > 0;)
            await worker.SettleAll([.. claims.Select(claim => Worker.Settlement(claim, SettlementKind.Complete))]);

        int removed = 0, steps = 0;
        for (bool more = true; more && steps < 50; steps++)
        {
            MaintainReply reply = await driver.Maintain(Nothing, limit: 5);
            removed += reply.Removed;
            more = reply.More;
        }

        Assert.Equal((10, spared), (removed, await driver.Count(JobState.Completed)));
        Assert.InRange(steps, 1, 49);

        // And those spared, when nobody is left to spare them for.
        for (IReadOnlyList<ClaimedJob> claims; (claims = await worker.Claim(1_000, "other")).Count > 0;)
            await worker.SettleAll([.. claims.Select(claim => Worker.Settlement(claim, SettlementKind.Complete))]);
        while ((await driver.Maintain(Nothing)).More)
        {
        }

        Assert.Equal((0, 0), (await driver.Count(JobState.Completed), await driver.Count(JobState.Completed, "other")));
        Assert.Empty(await store.AuditAsync(default));
    }

    [Fact]
    public async Task One_late_dependent_among_thousands_is_found_whichever_it_is()
    {
        await using IJobStore store = await SqliteStores.OpenAsync(SqliteStores.NewPath());
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        await driver.Do(new QueueCommand.SetRetention(RetentionPolicy.Forever), "other");
        await driver.Add(Job("a"));
        await driver.AddBulk([.. Enumerable.Range(0, 2_500).Select(i => Job($"job-{i}").In("other").DependsOn(new JobRef(DefaultQueue, "a")))]);
        await driver.End("a");
        Worker worker = await driver.OpenWorker();
        ClaimedJob first = await worker.ClaimOne("other");
        Assert.Equal("job-0", first.Ref.Id);
        for (IReadOnlyList<ClaimedJob> claims; (claims = await worker.Claim(1_000, "other")).Count > 0;)
            await worker.SettleAll([.. claims.Select(claim => Worker.Settlement(claim, SettlementKind.Complete))]);

        // The first has not ended: the look, latest first, goes through all the others before it.
        Assert.Equal(JobState.Completed, await Retained());

        // One that the look has passed by is run again, and then the first ends.
        await driver.Do(JobCommand.Retry, "job-2000", queue: "other");
        await worker.Complete(first);
        Assert.Equal(JobState.Completed, await Retained());
        await worker.Complete(await worker.ClaimOne("other"));

        Assert.Null(await Retained());

        async Task<JobState?> Retained()
        {
            for (int i = 0; i < 5; i++)
                await driver.Maintain(Nothing);
            return await driver.StateOf("a");
        }
    }
}
