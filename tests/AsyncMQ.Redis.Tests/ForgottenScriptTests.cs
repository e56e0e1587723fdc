using AsyncMQ.Conformance.Driving;
using StackExchange.Redis;

namespace AsyncMQ.Redis.Tests;

/// <summary>A server forgets scripts when it starts again, and when somebody tells it to: nobody notices.</summary>
public sealed class ForgottenScriptTests
{
    private const int Jobs = 200;

    [Fact]
    public async Task Scripts_flushed_under_load_lose_and_repeat_nothing()
    {
        RedisStoreOptions options = await RedisStores.NewOptionsAsync();
        await using IJobStore store = await RedisStores.OpenAsync(options);
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        Worker worker = await driver.OpenWorker();
        IDatabase database = options.Connection!.GetDatabase();

        List<string> done = [];
        for (int i = 0; i < Jobs; i++)
        {
            await Task.WhenAll(driver.Add(Drafts.Job($"job-{i}")), database.ExecuteAsync("SCRIPT", "FLUSH"));
            Task flushing = database.ExecuteAsync("SCRIPT", "FLUSH");
            ClaimedJob job = await worker.ClaimOne();
            Assert.Equal(SettleOutcome.Applied, await worker.Complete(job));
            Assert.True(worker.Renew(0).Alive);
            done.Add(job.Ref.Id);
            await flushing;
        }

        Assert.Equal(Enumerable.Range(0, Jobs).Select(i => $"job-{i}"), done);
        Assert.Empty(await store.AuditAsync(TestContext.Current.CancellationToken));
    }
}
