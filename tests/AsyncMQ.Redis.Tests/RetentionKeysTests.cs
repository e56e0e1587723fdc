using AsyncMQ.Conformance.Driving;
using AsyncMQ.Redis.Coding;
using StackExchange.Redis;

namespace AsyncMQ.Redis.Tests;

/// <summary>What housekeeping leaves of jobs that it removes many at a time: nothing.</summary>
public sealed class RetentionKeysTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Nothing_is_left_of_completed_jobs_that_retention_took(bool isLarge, bool hasResult)
    {
        RedisStoreOptions options = await RedisStores.NewOptionsAsync();
        await using IJobStore store = await RedisStores.OpenAsync(options);
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        byte[] payload = new byte[isLarge ? StoredRecord.LargestBody + 1 : 1];
        await driver.AddBulk([.. Enumerable.Range(0, 20).Select(i => Drafts.Job($"job-{i}").WithPayload(payload))]);
        await driver.AddBulk([.. Enumerable.Range(20, 20).Select(i => Drafts.Job($"job-{i}").WithPayload(payload).WithResultWanted())]);
        Worker worker = await driver.OpenWorker();
        IReadOnlyList<ClaimedJob> jobs = await worker.Claim(40);
        await worker.SettleAll([.. jobs.Select(job => Worker.Settlement(job, SettlementKind.Complete, hasResult ? "result" : ""))]);
        await driver.Advance(TimeSpan.FromMinutes(2));

        MaintainReply reply = await driver.Maintain(RetentionPolicy.Forever with { Count = 0 });

        Assert.Equal(40, reply.Removed);
        foreach (string kind in (string[])["jobs", "body", "extra", "ended4", "batches"])
            Assert.False(await options.Connection!.GetDatabase().KeyExistsAsync($"{{{options.Name}}}:{kind}:{Drafts.DefaultQueue}"), kind);
        Assert.Empty(await store.AuditAsync(TestContext.Current.CancellationToken));
    }
}
