using System.Collections.Concurrent;

namespace AsyncMQ.Conformance.Limiting;

/// <summary>Limits hold while many workers claim and settle at once, on real threads; and no slot leaks. Invariant 9.</summary>
public abstract class LimitConcurrencyTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    private const int Workers = 8;

    [Fact]
    public async Task Limits_hold_whatever_eight_workers_do_at_once_and_no_slot_leaks()
    {
        const int jobs = 1_500, keys = 12;
        await Store.Limit(new() { Concurrency = 10, PerKey = new() { Concurrency = 2 } });
        await Store.LimitKey("k0", new() { StrictOrder = true });
        await Store.AddBulk([.. Enumerable.Range(0, jobs).Select(i => Job($"{i}").WithKey($"k{i % keys}"))]);
        var running = new ConcurrentDictionary<string, int>();
        var ended = new ConcurrentQueue<string>();
        int active = 0;

        await AtOnce(Workers, async n =>
        {
            Worker worker = await (await StoreDriver.OpenAsync(Store.Store)).OpenWorker($"w{n}", 1.Days());
            var random = new Random(n);
            while (ended.Count < jobs)
            {
                IReadOnlyList<ClaimedJob> claimed = await worker.Claim(random.Next(1, 5));
                foreach (ClaimedJob job in claimed)
                {
                    Assert.InRange(Interlocked.Increment(ref active), 1, 10);
                    Assert.InRange(running.AddOrUpdate(KeyOf(job, keys), 1, static (_, count) => count + 1), 1, KeyOf(job, keys) == "k0" ? 1 : 2);
                }

                // Counted out before the store hears of it: what it gives meanwhile may only be less.
                Settlement[] settlements = [.. claimed.Select(job => Worker.Settlement(job, random.Next(4) switch
                {
                    0 => SettlementKind.Retry,
                    1 => SettlementKind.HandBack,
                    _ => SettlementKind.Complete,
                }))];
                foreach (ClaimedJob job in claimed)
                {
                    Interlocked.Decrement(ref active);
                    running.AddOrUpdate(KeyOf(job, keys), 0, static (_, count) => count - 1);
                }

                foreach (Settlement settled in settlements.Where(settlement => settlement.Kind == SettlementKind.Complete))
                    ended.Enqueue(settled.Job.Id);
                IReadOnlyList<SettleOutcome> outcomes = await worker.SettleAll(settlements);
                Assert.All(outcomes, outcome => Assert.Equal(SettleOutcome.Applied, outcome));
            }

            return 0;
        });

        Assert.Equal(jobs, await Store.Count(JobState.Completed));
        Assert.Equal([], (await Store.Store.KeysAsync(DefaultQueue, null, 1_000, default)).Where(key => key.Active > 0 || key.Waiting > 0 || key.Head is not null));
        Assert.Equal(Enumerable.Range(0, jobs / keys).Select(i => $"{i * keys}"), ended.Where(id => int.Parse(id) % keys == 0));
    }

    [Fact]
    public async Task Workers_that_die_leave_no_slot_behind()
    {
        await Store.Limit(new() { Concurrency = 6, PerKey = new() { Concurrency = 1 } });
        await Store.AddBulk([.. Enumerable.Range(0, 60).Select(i => Job($"{i}").WithKey($"k{i % 6}"))]);
        Worker living = await Store.OpenWorker("living", 1.Days());
        for (int round = 0; round < 10; round++)
        {
            await AtOnce(3, async n => await (await (await StoreDriver.OpenAsync(Store.Store)).OpenWorker($"d{round}-{n}")).Claim(2));
            Assert.Empty(await living.Claim(10));
            for (int i = 0; i < 20; i++)
            {
                await Store.Advance(1.Seconds());
                living.Renew();
            }

            await Store.Recover(maxStalls: 1_000);
            IReadOnlyList<ClaimedJob> claimed = await living.Claim(10);
            Assert.Equal(6, claimed.Count);
            foreach (ClaimedJob job in claimed)
                await living.Complete(job);
        }

        Assert.Equal(60, await Store.Count(JobState.Completed));
        Assert.Empty(await Store.Keys());
    }

    private static string KeyOf(ClaimedJob job, int keys) => $"k{int.Parse(job.Ref.Id) % keys}";
}
