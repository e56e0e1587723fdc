using AsyncMQ.Conformance.Driving;
using AsyncMQ.Conformance.Faults;
using AsyncMQ.Conformance.Working;
using static AsyncMQ.Conformance.Driving.Drafts;

namespace AsyncMQ.Sqlite.Tests;

/// <summary>A disk that is mounted read-only, which even root cannot write to: told with the path, and all is well when it can be written again.</summary>
public class ReadOnlyDiskTests
{
    [Fact]
    public async Task A_store_that_cannot_be_written_is_refused_by_its_path_and_opens_when_it_can_be()
    {
        using SmallDisk disk = SmallDisk.Mount(8 * 1024);
        await using (IJobStore before = await SqliteStores.OpenAsync(disk.Database))
            await (await StoreDriver.OpenAsync(before)).Add(Job("a"));

        disk.ForbidWriting();
        StoreRejectedException error = await Assert.ThrowsAsync<StoreRejectedException>(() => SqliteStores.OpenAsync(disk.Database));
        Assert.Contains(disk.Database, error.Message);
        Assert.Contains("read-only", error.Message);

        disk.AllowWriting();
        await using IJobStore store = await SqliteStores.OpenAsync(disk.Database);
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        Assert.Equal(JobState.Waiting, await driver.StateOf("a"));
        await driver.Add(Job("b"));
        Assert.Empty(await store.AuditAsync(default));
    }

    [Fact]
    public async Task A_store_cannot_be_made_where_nothing_can_be_written()
    {
        using SmallDisk disk = SmallDisk.Mount(8 * 1024);
        disk.ForbidWriting();

        foreach (string path in (string[])[disk.Database, Path.Combine(disk.Root, "deep", "jobs.db")])
        {
            StoreRejectedException error = await Assert.ThrowsAsync<StoreRejectedException>(() => SqliteStores.OpenAsync(path));
            Assert.Contains(path, error.Message);
        }
    }

    /// <summary>The same store and the same host, from beginning to end: whoever failed tries again, and nobody has to be made anew.</summary>
    [Fact]
    public async Task A_client_and_a_worker_are_told_and_go_on_when_it_can_be_written()
    {
        using SmallDisk disk = SmallDisk.Mount(8 * 1024);
        await using (IJobStore before = await SqliteStores.OpenAsync(disk.Database))
            await (await StoreDriver.OpenAsync(before)).Add(Job("a"));
        disk.ForbidWriting();
        var ran = new Ledger();
        await using AsyncMQHost mq = AsyncMQHost.Create(mq => mq
            .UseSqlite(disk.Database)
            .AddHandler("work", ran.Note)
            .AddWorker(DefaultQueue));

        Assert.Contains(disk.Database, (await Assert.ThrowsAsync<StoreRejectedException>(() => mq.Client.AddAsync("work"))).Message);
        Assert.Contains(disk.Database, (await Assert.ThrowsAsync<StoreRejectedException>(() => mq.StartAsync())).Message);
        Assert.Contains(disk.Database, (await Assert.ThrowsAsync<StoreRejectedException>(() => mq.Queue().GetStatsAsync())).Message);

        disk.AllowWriting();
        await mq.StartAsync();
        await (await mq.Client.AddAsync("work")).Ends();
        await Hosts.Until(() => ran.Count == 2);
    }
}
