using AsyncMQ.Conformance;
using AsyncMQ.Conformance.Driving;

namespace AsyncMQ.Redis.Tests;

/// <summary>More keys than one step looks at, and more jobs of a key than stand with its record.</summary>
public sealed class ManyKeysTests() : ConformanceTests(new RedisStores())
{
    private const int Keys = 2_500;
    private const int Jobs = 100;

    [Fact]
    public async Task New_limits_hold_at_once_for_more_keys_than_one_step_looks_at()
    {
        await Store.LimitKeys(new() { Concurrency = 1 });
        await Store.AddBulk([.. Enumerable.Range(0, 3 * Keys).Select(i => Drafts.Job($"{i}").WithKey($"k{i % Keys}"))]);
        Worker worker = await Store.OpenWorker(lease: 1.Days());
        Assert.Equal(Keys, await ClaimAll(worker));

        await Store.LimitKeys(new() { Concurrency = 2 });
        Assert.Equal(Keys, await ClaimAll(worker));

        await Store.LimitKeys(new() { Concurrency = 3 });
        await Store.LimitKeys(new() { Concurrency = 2 });
        Assert.Equal(0, await ClaimAll(worker));
    }

    [Fact]
    public async Task Jobs_of_one_key_come_in_order_though_some_go_and_others_come_back()
    {
        await Store.AddBulk([.. Enumerable.Range(0, Jobs).Select(i => Drafts.Job($"{i}").WithKey("k"))]);
        Worker worker = await Store.OpenWorker();
        IReadOnlyList<ClaimedJob> claimed = await worker.Claim(40);
        foreach (ClaimedJob job in claimed.Reverse())
            await worker.HandBack(job);
        int[] cancelled = [0, 7, 15, 16, 17, 33, 40, 41, 99];
        foreach (int i in cancelled)
            await Store.Do(JobCommand.Cancel, $"{i}");
        Assert.Empty(await Store.Store.AuditAsync(Cancellation));

        var seen = new List<string>();
        for (string[] next = (await worker.Claim(7)).Ids(); next.Length > 0; next = (await worker.Claim(7)).Ids())
            seen.AddRange(next);

        Assert.Equal(Enumerable.Range(0, Jobs).Except(cancelled).Select(i => $"{i}"), seen);
    }

    private static async Task<int> ClaimAll(Worker worker)
    {
        int claimed = 0;
        for (ExchangeReply reply = await worker.Exchange(Worker.ClaimOf(1_000)); ; reply = await worker.Exchange(Worker.ClaimOf(1_000)))
        {
            claimed += reply.Claimed.Count;
            if (reply.Claimed.Count == 0 && reply.NextWork is null)
                return claimed;
        }
    }
}
