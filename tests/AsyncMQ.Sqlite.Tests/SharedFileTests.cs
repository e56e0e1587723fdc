using System.Collections.Concurrent;
using AsyncMQ.Conformance.Driving;
using static AsyncMQ.Conformance.Driving.Drafts;

namespace AsyncMQ.Sqlite.Tests;

/// <summary>Several stores on one file, as in several processes.</summary>
public class SharedFileTests
{
    [Fact]
    public async Task What_one_adds_another_claims()
    {
        await using IJobStore one = await SqliteStores.OpenAsync(SqliteStores.NewPath());
        await using IJobStore other = await SqliteStores.OpenAsync(PathOf(one));
        StoreDriver producer = await StoreDriver.OpenAsync(one);
        Worker worker = await (await StoreDriver.OpenAsync(other)).OpenWorker();
        Assert.Empty(await worker.Claim(1));

        await producer.Add(Job("a"));

        ClaimedJob job = await worker.ClaimOne();
        Assert.Equal(SettleOutcome.Applied, await worker.Complete(job));
        Assert.Equal(1, await producer.Count(JobState.Completed));
        Assert.Empty(await one.AuditAsync(default));
    }

    [Fact]
    public async Task Another_process_commit_is_noticed_beside_ones_own_renewals_and_steps()
    {
        await using IJobStore one = await SqliteStores.OpenAsync(SqliteStores.NewPath());
        await using IJobStore other = await SqliteStores.OpenAsync(PathOf(one));
        Worker worker = await (await StoreDriver.OpenAsync(one)).OpenWorker();
        StoreDriver producer = await StoreDriver.OpenAsync(other);
        var signals = new ConcurrentQueue<StoreSignal>();
        using IDisposable watch = one.Watch(signals.Enqueue);
        for (int i = 0; i < 20; i++)
        {
            // Whichever of this process's transactions meets the other's commit first, the watchers must be told.
            signals.Clear();
            await producer.Add(Job($"{i}"));
            if (i % 2 == 0)
                worker.Renew();
            else
                await StoreDriver.OpenAsync(one);

            for (int tries = 0; tries < 500 && !IsTold(); tries++)
                await Task.Delay(10);
            Assert.True(IsTold(), $"The commit of round {i} was not noticed.");
        }

        bool IsTold() => signals.Any(signal => signal.Kind == StoreSignalKind.Changed);
    }

    [Fact]
    public async Task Processes_that_only_live_wake_nobody()
    {
        await using IJobStore one = await SqliteStores.OpenAsync(SqliteStores.NewPath());
        await using IJobStore other = await SqliteStores.OpenAsync(PathOf(one));
        StoreDriver[] drivers = [await StoreDriver.OpenAsync(one), await StoreDriver.OpenAsync(other)];
        Worker[] workers = [await drivers[0].OpenWorker(), await drivers[1].OpenWorker()];
        await drivers[0].Maintain();
        var signals = new ConcurrentQueue<StoreSignal>();
        using IDisposable watch = one.Watch(signals.Enqueue);

        for (int i = 0; i < 20; i++)
        {
            Assert.All(workers, worker => Assert.True(worker.Renew().Alive));
            foreach (StoreDriver driver in drivers)
                await driver.Maintain();
            Assert.Empty(await workers[1].Claim(1));
        }

        // What is told in order is told by the time that a later commit is.
        await drivers[1].Add(Job("a"));
        for (int tries = 0; tries < 1_000 && signals.IsEmpty; tries++)
            await Task.Delay(10);
        Assert.Equal(StoreSignalKind.Changed, Assert.Single(signals).Kind);
    }

    [Fact]
    public async Task Busy_processes_do_not_starve_each_other_nor_a_renewal()
    {
        await using IJobStore one = await SqliteStores.OpenAsync(SqliteStores.NewPath());
        await using IJobStore other = await SqliteStores.OpenAsync(PathOf(one));
        StoreDriver first = await StoreDriver.OpenAsync(one);
        StoreDriver second = await StoreDriver.OpenAsync(other);
        Worker worker = await second.OpenWorker();
        TimeSpan longest = TimeSpan.Zero;
        using var stop = new CancellationTokenSource();

        Task<int> Busy(StoreDriver store, string prefix) => Task.Run(async () =>
        {
            int added = 0;
            for (; !stop.IsCancellationRequested; added += 50)
                await store.AddBulk(Batch(Enumerable.Range(added, 50).Select(i => $"{prefix}-{i}")));
            return added;
        });

        Task<int>[] busy = [Busy(first, "a"), Busy(second, "b")];
        for (int i = 0; i < 20; i++)
        {
            long start = TimeProvider.System.GetTimestamp();
            Assert.True(worker.Renew().Alive);
            TimeSpan took = TimeProvider.System.GetElapsedTime(start);
            longest = took > longest ? took : longest;
            await Task.Delay(50);
        }

        await stop.CancelAsync();
        int[] added = await Task.WhenAll(busy);

        Assert.True(longest < TimeSpan.FromSeconds(2), $"A renewal took {longest}.");
        Assert.All(added, count => Assert.True(count >= 200, $"One process added {count} jobs only."));
        Assert.Equal(added.Sum(), await first.Count(JobState.Waiting));
        Assert.Empty(await one.AuditAsync(default));
    }

    [Fact]
    public async Task A_foreign_lock_is_waited_for_and_then_told()
    {
        string path = SqliteStores.NewPath();
        await using var store = new SqliteJobStore(
            SqliteStores.Options(path) with { BusyTimeout = TimeSpan.FromMilliseconds(200) }, TimeProvider.System);
        await store.StartAsync(default);
        StoreDriver producer = await StoreDriver.OpenAsync(store);
        using (var foreign = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={path};Pooling=False"))
        {
            foreign.Open();
            using var transaction = foreign.BeginTransaction(deferred: false);
            StoreException error = await Assert.ThrowsAsync<StoreException>(() => producer.Add(Job("a")));
            Assert.Contains("locked", error.Message);
        }

        await producer.Add(Job("a"));
        Assert.Equal(1, await producer.Count(JobState.Waiting));
    }

    private static string PathOf(IJobStore store) => store.Description["SQLite ".Length..];
}
