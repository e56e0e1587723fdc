using System.Globalization;
using AsyncMQ.Conformance.Driving;

namespace AsyncMQ.Redis.Tests;

/// <summary>Keys whose records are changed without being taken apart, as most are: jobs of one priority, and nothing else to remember.</summary>
public sealed class ShortKeyTests
{
    private const int Keys = 30;
    private const int Most = 40 * Keys;

    [Theory]
    [InlineData(20, false)]
    [InlineData(20, true)]
    [InlineData(3, false)]
    [InlineData(3, true)]
    public async Task Jobs_of_a_key_come_in_order_while_others_are_added_and_nothing_is_left_of_it(int ofEach, bool isLimited)
    {
        RedisStoreOptions options = await RedisStores.NewOptionsAsync();
        await using IJobStore store = await RedisStores.OpenAsync(options);
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        if (isLimited)
            await driver.LimitKeys(new() { Concurrency = 2 });
        int added = 0;
        Task Add(int count) => driver.AddBulk([.. Enumerable.Range(0, count).Select(_ => Drafts.Job($"{added}").WithKey($"k{added++ % Keys}"))]);
        await Add(ofEach * Keys);
        Worker worker = await driver.OpenWorker();
        var held = new Queue<ClaimedJob>();
        var seen = new List<int>();

        for (int round = 0; seen.Count < added || held.Count > 0; round++)
        {
            foreach (ClaimedJob job in await worker.Claim(14))
            {
                seen.Add(int.Parse(job.Ref.Id, CultureInfo.InvariantCulture));
                held.Enqueue(job);
            }

            int ending = added < Most ? Math.Min(9, held.Count) : held.Count;
            await worker.SettleAll([.. Enumerable.Range(0, ending).Select(_ => Worker.Settlement(held.Dequeue(), SettlementKind.Complete))]);
            if (added < Most)
                await Add(13);
            if (round % 7 == 0)
                Assert.Empty(await store.AuditAsync(TestContext.Current.CancellationToken));
        }

        Assert.Empty(await store.AuditAsync(TestContext.Current.CancellationToken));
        Assert.Equal(added, seen.Count);
        Assert.All(seen.GroupBy(static i => i % Keys), static ofKey => Assert.Equal(ofKey.Order(), ofKey));
        foreach (string kind in (string[])["keys", "keyJobs", "keyNames", "keyed", "turns", "behind", "opening"])
            Assert.False(await options.Connection!.GetDatabase().KeyExistsAsync($"{{{options.Name}}}:{kind}:{Drafts.DefaultQueue}"), kind);
    }
}
