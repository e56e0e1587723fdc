using System.Collections.Concurrent;
using AsyncMQ.Conformance.Driving;
using AsyncMQ.Conformance.Faults;
using AsyncMQ.Conformance.Working;
using static AsyncMQ.Conformance.Driving.Drafts;

namespace AsyncMQ.Sqlite.Tests;

/// <summary>A disk that is really full: told clearly, nothing lost, and the store goes on by itself when there is room. Survey F-18.</summary>
public class FullDiskTests(ITestOutputHelper output)
{
    private const string Says = "is full";
    private static readonly byte[] Payload = new byte[20_000];

    [Theory]
    [InlineData(SqliteSynchronous.Full)]
    [InlineData(SqliteSynchronous.Normal)]
    public async Task What_was_answered_stays_and_everything_works_again_when_there_is_room(SqliteSynchronous synchronous)
    {
        using SmallDisk disk = SmallDisk.Mount(8 * 1024);
        await using IJobStore store = await OpenAsync(disk, synchronous);
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        Worker worker = await driver.OpenWorker();
        for (int i = 0; i < 10; i++)
            await driver.Add(Job($"claimed-{i}"));
        IReadOnlyList<ClaimedJob> claimed = await worker.Claim(10);

        for (int round = 0; round < 3; round++)
        {
            disk.Fill(4 * 1024 >> round);
            (List<string> added, StoreRejectedException error) = await driver.AddUntilFull($"round-{round}", Payload);
            output.WriteLine($"{added.Count} jobs until: {error.Message}");
            Assert.Contains(disk.Database, error.Message);
            Assert.Contains(Says, error.Message);

            // Full to the last page now: every kind of step is refused, or done; no other error is seen.
            disk.Fill();
            for (int i = 0; i < 20; i++)
            {
                await FullDisk.RefusedOrDone(Says, () => driver.Add(Job($"refused-{round}-{i}").WithPayload(Payload)));
                await FullDisk.RefusedOrDone(Says, () => worker.Report(claimed[1], "half", new string('x', 10_000)));
                await FullDisk.RefusedOrDone(Says, () => Task.FromResult(worker.Renew()));
                await FullDisk.RefusedOrDone(Says, () => driver.Maintain());
                await FullDisk.RefusedOrDone(Says, () => driver.Recover());
            }

            // What can be read without room can be read.
            Assert.Equal(JobState.Active, await driver.StateOf("claimed-9"));

            disk.Free();
            foreach (string id in added)
                Assert.Equal(JobState.Waiting, await driver.StateOf(id));
            Assert.Equal(SettleOutcome.Applied, await worker.Complete(claimed[round], "result"));
            foreach (ClaimedJob job in await worker.Claim(1_000))
                Assert.Equal(SettleOutcome.Applied, await worker.Complete(job));
            Assert.Equal(0, await driver.Count(JobState.Waiting));
            await driver.Maintain(new() { Count = 5 });
            Assert.Empty(await store.AuditAsync(default));
        }
    }

    [Fact]
    public async Task A_store_cannot_be_made_on_a_full_disk_and_can_when_there_is_room()
    {
        using SmallDisk disk = SmallDisk.Mount(512);
        disk.Fill();

        StoreRejectedException error = await Assert.ThrowsAsync<StoreRejectedException>(() => SqliteStores.OpenAsync(disk.Database));
        Assert.Contains(disk.Database, error.Message);

        disk.Free();
        await using IJobStore store = await SqliteStores.OpenAsync(disk.Database);
        Assert.Empty(await store.AuditAsync(default));
    }

    [Fact]
    public async Task A_worker_and_its_clients_outlive_a_full_disk()
    {
        using SmallDisk disk = SmallDisk.Mount(8 * 1024);
        var ran = new Ledger();
        var gate = new Gate();
        await using AsyncMQHost mq = AsyncMQHost.Create(mq => mq
            .UseSqlite(disk.Database)
            .AddHandler("work", ran.Note)
            .AddHandler("held", async (context, token) =>
            {
                await gate.Pass(token);
                await ran.Note(context, token);
            })
            .AddWorker(DefaultQueue, worker => worker.Concurrency = 8));
        await mq.StartAsync();
        string filler = Convert.ToBase64String(Payload);
        var accepted = new ConcurrentBag<JobHandle>();
        for (int i = 0; i < 4; i++)
            accepted.Add(await mq.Client.AddAsync("held", null, new() { JobId = $"held-{i}" }));
        await Hosts.Until(() => gate.Entered == 4);

        // Producers go on until they are told; the worker takes and ends jobs all the while.
        disk.Fill(4 * 1024);
        StoreRejectedException[] told = await Task.WhenAll(Enumerable.Range(0, 4).Select(async producer =>
        {
            for (int i = 0; ; i++)
            {
                try
                {
                    accepted.Add(await mq.Client.AddAsync("work", [filler], new() { JobId = $"work-{producer}-{i}" }));
                }
                catch (StoreRejectedException error)
                {
                    return error;
                }
            }
        }));
        Assert.All(told, error => Assert.Contains(disk.Database, error.Message));
        disk.Fill();
        gate.Open();
        for (int i = 0; i < 10; i++)
        {
            try
            {
                accepted.Add(await mq.Client.AddAsync("work", [filler], new() { JobId = $"more-{i}" }));
            }
            catch (StoreRejectedException)
            {
                // As it should be.
            }
        }

        disk.Free();
        JobHandle last = await mq.Client.AddAsync("work", null, new() { JobId = "last" });
        await last.Ends();
        foreach (JobHandle job in accepted)
            await job.Ends();

        output.WriteLine($"{accepted.Count} jobs accepted.");
        Assert.Empty(ran.Repeated);
        Assert.Equal(
            accepted.Select(job => job.Id).Append("last").Order(StringComparer.Ordinal), ran.Started.Order(StringComparer.Ordinal));
    }

    /// <summary>While the disk is full nobody can renew, and nobody can declare anybody dead either; when there is room, all get time to come back.</summary>
    [Fact]
    public async Task A_disk_that_is_full_for_longer_than_a_lease_costs_no_running_job_its_claim()
    {
        using SmallDisk disk = SmallDisk.Mount(8 * 1024);
        var ran = new Ledger();
        var gate = new Gate();
        await using AsyncMQHost mq = AsyncMQHost.Create(mq => mq
            .UseSqlite(disk.Database)
            .Configure(options => options.Lease = 500.Milliseconds())
            .AddHandler("held", (context, token) => ran.NoteWhile(context, () => gate.Pass(token)))
            .AddWorker(DefaultQueue));
        await mq.StartAsync();
        JobHandle job = await mq.Client.AddAsync("held");
        await gate.SomebodyWaits();

        disk.Fill();
        long full = TimeProvider.System.GetTimestamp();
        await Hosts.Until(() => TimeProvider.System.GetElapsedTime(full) > 1_500.Milliseconds());
        disk.Free();
        long free = TimeProvider.System.GetTimestamp();
        await Hosts.Until(() => TimeProvider.System.GetElapsedTime(free) > 1_000.Milliseconds());
        gate.Open();

        await job.Ends();
        Assert.Single(ran.Started);
        Assert.Equal(0, (await mq.Get(job.Ref)).Stalls);
    }

    private static async Task<IJobStore> OpenAsync(SmallDisk disk, SqliteSynchronous synchronous)
    {
        var store = new SqliteJobStore(SqliteStores.Options(disk.Database) with { Synchronous = synchronous }, TimeProvider.System);
        await store.StartAsync(default);
        return store;
    }
}
