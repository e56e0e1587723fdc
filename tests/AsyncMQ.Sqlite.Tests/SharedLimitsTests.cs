using System.Collections.Concurrent;
using AsyncMQ.Conformance.Driving;
using static AsyncMQ.Conformance.Driving.Drafts;

namespace AsyncMQ.Sqlite.Tests;

/// <summary>Limits and keys of one file that several processes use.</summary>
public class SharedLimitsTests
{
    [Fact]
    public async Task A_rate_and_a_concurrency_hold_over_the_claims_of_two_processes()
    {
        const int jobs = 60, permits = 5, most = 3;
        TimeSpan window = 100.Milliseconds();
        await using IJobStore one = await SqliteStores.OpenAsync(SqliteStores.NewPath());
        await using IJobStore other = await SqliteStores.OpenAsync(PathOf(one));
        StoreDriver driver = await StoreDriver.OpenAsync(one);
        await driver.Limit(new() { Rate = new(permits, window), Concurrency = most, PerKey = new() { Concurrency = 1 } });
        await driver.AddBulk([.. Enumerable.Range(0, jobs).Select(i => Job($"{i}").WithKey($"k{i % 4}"))]);
        var running = new ConcurrentDictionary<string, int>();
        int done = 0, mostAtOnce = 0, mostOfKey = 0;

        await Task.WhenAll(new[] { one, other, one, other }.Select(store => Task.Run(async () =>
        {
            Worker worker = await (await StoreDriver.OpenAsync(store)).OpenWorker(lease: 1.Hours());
            while (Volatile.Read(ref done) < jobs)
            {
                foreach (ClaimedJob job in await worker.Claim(2))
                {
                    string key = $"k{int.Parse(job.Ref.Id) % 4}";
                    Raise(ref mostOfKey, running.AddOrUpdate(key, 1, static (_, count) => count + 1));
                    Raise(ref mostAtOnce, running.Values.Sum());
                    running.AddOrUpdate(key, 0, static (_, count) => count - 1);
                    await worker.Complete(job);
                    Interlocked.Increment(ref done);
                }
            }
        })));

        DateTimeOffset[] starts = [.. (await driver.Store.PageAsync(new() { Queue = DefaultQueue, State = JobState.Completed, Take = 1_000 }, default))
            .Jobs.Select(job => job.StartedAt!.Value).Order()];
        Assert.Equal(jobs, starts.Length);
        for (int i = permits; i < jobs; i++)
            Assert.True(starts[i] - starts[i - permits] >= window, $"{permits + 1} jobs started within {starts[i] - starts[i - permits]}.");
        Assert.InRange(mostAtOnce, 1, most);
        Assert.Equal(1, mostOfKey);
        Assert.Empty(await one.AuditAsync(default));
    }

    [Fact]
    public async Task A_slot_that_another_process_frees_wakes_those_who_wait_for_it()
    {
        await using IJobStore one = await SqliteStores.OpenAsync(SqliteStores.NewPath());
        await using IJobStore other = await SqliteStores.OpenAsync(PathOf(one));
        StoreDriver driver = await StoreDriver.OpenAsync(one);
        await driver.LimitKeys(new() { Concurrency = 1 });
        await driver.AddBulk(Job("a1").WithKey("a"), Job("a2").WithKey("a"));
        Worker freeing = await driver.OpenWorker(), waiting = await (await StoreDriver.OpenAsync(other)).OpenWorker();
        ClaimedJob first = await freeing.ClaimOne();
        ExchangeReply nothing = await waiting.Exchange(Worker.ClaimOf(1));
        Assert.Equal((0, (TimeSpan?)null), (nothing.Claimed.Count, nothing.NextWork));
        using var ears = new Ears(other);

        await freeing.Complete(first);

        await ears.Hears(signal => signal.Kind == StoreSignalKind.Changed);
        Assert.Equal(["a2"], (await waiting.Claim(1)).Ids());
    }

    [Fact]
    public async Task Limits_windows_holds_and_heads_are_there_when_the_file_is_opened_again()
    {
        string path = SqliteStores.NewPath();
        KeyRecord[] before;
        QueueRecord queue;
        IJobStore store = await SqliteStores.OpenAsync(path);
        await using (store)
        {
            StoreDriver driver = await StoreDriver.OpenAsync(store);
            await driver.Limit(new() { Rate = new(3, 1.Hours()), Concurrency = 7, PerKey = new() { StrictOrder = true, Rate = new(9, 1.Days()) } });
            await driver.LimitKey("own", new() { Concurrency = 2, Rate = new(1, 1.Hours()) });
            await driver.AddBulk(Job("a1").WithKey("a"), Job("a2").WithKey("a"), Job("o1").WithKey("own"), Job("o2").WithKey("own"), Job("p"));
            await driver.Hold(5.Hours(), "held");
            Worker worker = await driver.OpenWorker(lease: 1.Days());
            IReadOnlyList<ClaimedJob> claimed = await worker.Claim(10);
            Assert.Equal(["a1", "o1", "p"], claimed.Ids());
            await worker.Retry(claimed[0], 2.Hours());
            await driver.Hold(3.Hours());
            before = [.. await store.KeysAsync(DefaultQueue, null, 100, default)];
            queue = Assert.Single(await store.QueuesAsync(default));
        }

        await using IJobStore reopened = await SqliteStores.OpenAsync(path);
        Assert.Equal(before, await reopened.KeysAsync(DefaultQueue, null, 100, default));
        Assert.Equal(queue, Assert.Single(await reopened.QueuesAsync(default)));
        Assert.Equal(["a1", null, null], before.Select(key => key.Head));
        StoreDriver again = await StoreDriver.OpenAsync(reopened);
        Worker next = await again.OpenWorker();
        Assert.Empty(await next.Claim(10));
        await again.Advance(4.Hours());
        Assert.Equal(["a1", "o2"], (await next.Claim(10)).Ids().Order());
        Assert.Empty(await reopened.AuditAsync(default));
    }

    [Fact]
    public async Task A_queue_with_very_many_keys_is_deleted_in_bounded_steps()
    {
        await using IJobStore store = await SqliteStores.OpenAsync(SqliteStores.NewPath());
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        for (int i = 0; i < 1_500; i++)
            await driver.LimitKey($"{i}", new() { Concurrency = 1 });
        await driver.Do(new QueueCommand.Close(Force: false));

        Assert.Equal(QueueReply.More, await driver.Do(new QueueCommand.Delete()));
        Assert.Equal(500, (await store.KeysAsync(DefaultQueue, null, 1_000, default)).Count);
        Assert.Equal(QueueReply.Done, await driver.Do(new QueueCommand.Delete()));
        Assert.Empty(await store.QueuesAsync(default));
        Assert.Empty(await store.AuditAsync(default));
    }

    [Fact]
    public async Task Keys_come_in_ordinal_order_which_is_not_that_of_their_bytes()
    {
        await using IJobStore store = await SqliteStores.OpenAsync(SqliteStores.NewPath());
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        string[] keys = ["\uFB00", "z", "\U0001F600", "ä", "B", "b"];
        foreach (string key in keys)
            await driver.Add(Job(key).WithKey(key));

        string[] expected = [.. keys.Order(StringComparer.Ordinal)];
        Assert.Equal(expected, (await store.KeysAsync(DefaultQueue, null, 100, default)).Select(key => key.Key));
        Assert.Equal(expected[4..], (await store.KeysAsync(DefaultQueue, expected[3], 100, default)).Select(key => key.Key));
    }

    [Fact]
    public async Task Damaged_limits_and_windows_bound_nothing()
    {
        await using IJobStore store = await SqliteStores.OpenAsync(SqliteStores.NewPath());
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        await driver.Limit(new() { Rate = new(1, 1.Hours()), Concurrency = 1 });
        await driver.LimitKey("a", new() { Concurrency = 1 });
        await driver.AddBulk(Job("a1").WithKey("a"), Job("a2").WithKey("a"));
        LayoutTests.Execute(PathOf(store), "UPDATE queue SET limits = x'01FF', permits = x'FF'; UPDATE job_key SET own = x'01', permits = x'0102'");

        Assert.Equal(["a1", "a2"], (await (await driver.OpenWorker()).Claim(5)).Ids());
    }

    private static void Raise(ref int most, int value)
    {
        for (int seen = Volatile.Read(ref most); seen < value; seen = Volatile.Read(ref most))
            Interlocked.CompareExchange(ref most, value, seen);
    }

    private static string PathOf(IJobStore store) => store.Description["SQLite ".Length..];
}
