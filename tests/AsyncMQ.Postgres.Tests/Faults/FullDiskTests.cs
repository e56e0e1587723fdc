using AsyncMQ.Conformance.Driving;
using Npgsql;
using static AsyncMQ.Conformance.Driving.Drafts;

namespace AsyncMQ.Postgres.Tests.Faults;

/// <summary>A disk that is really full: told clearly, nothing that was answered is lost, and all goes on by itself when there is room. Survey F-18.</summary>
[Collection(nameof(FaultTests))]
public sealed class FullDiskTests
{
    private const string Says = "No space left";
    private static readonly byte[] Payload = new byte[20_000];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static ITestOutputHelper? Output => TestContext.Current.TestOutputHelper;

    static FullDiskTests() => new Random(1).NextBytes(Payload); // what is all alike is packed

    [Fact]
    public async Task What_was_answered_stays_and_everything_works_again_when_there_is_room()
    {
        using SmallDisk disk = SmallDisk.Mount(16 * 1024);
        await using PostgresServerOfOwn server = await StartWithTablesOnAsync(disk);
        await using PostgresJobStore store = await OpenAsync(server);
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        Worker worker = await driver.OpenWorker();
        await driver.AddBulk(Batch(Enumerable.Range(0, 10).Select(static i => $"claimed-{i}")));
        IReadOnlyList<ClaimedJob> claimed = await worker.Claim(10);

        for (int round = 0; round < 3; round++)
        {
            disk.Fill(8 * 1024 >> round);
            (List<string> added, StoreRejectedException error) = await driver.AddUntilFull($"round-{round}", Payload);
            Output?.WriteLine($"{added.Count} jobs until: {error.Message}");
            Assert.Contains(Says, error.Message, StringComparison.Ordinal);
            Assert.Null(await driver.StateOf($"round-{round}-{added.Count}"));
            Assert.Equal(added.Count, await driver.Count(JobState.Waiting));

            // Full to the last page now: every kind of step is refused, or done; no other error is seen.
            disk.Fill();
            for (int i = 0; i < 20; i++)
            {
                await FullDisk.RefusedOrDone(Says, () => driver.Add(Job($"refused-{round}-{i}").WithPayload(Payload)));
                await FullDisk.RefusedOrDone(Says, () => worker.Report(claimed[9], "half", new string('x', 10_000)));
                await FullDisk.RefusedOrDone(Says, () => Task.FromResult(worker.Renew()));
                await FullDisk.RefusedOrDone(Says, () => driver.Maintain());
                await FullDisk.RefusedOrDone(Says, () => driver.Recover());
            }

            Assert.Equal(JobState.Active, await driver.StateOf("claimed-9"));

            disk.Free();
            foreach (string id in added)
                Assert.Equal(JobState.Waiting, await driver.StateOf(id));
            Assert.Equal(SettleOutcome.Applied, await worker.Complete(claimed[round], "result"));
            while (await worker.Claim(1_000) is { Count: > 0 } jobs)
                Assert.All(await worker.SettleAll([.. jobs.Select(static job => Worker.Settlement(job, SettlementKind.Complete))]), static settled => Assert.Equal(SettleOutcome.Applied, settled));
            Assert.Equal(0, await driver.Count(JobState.Waiting));
            await driver.Maintain(new() { Count = 5 });
            Assert.Empty(await store.AuditAsync(Cancellation));
            await server.Running.ExecuteAsync("VACUUM");
        }
    }

    [Fact]
    public async Task Tables_cannot_be_made_on_a_full_disk_and_can_when_there_is_room()
    {
        using SmallDisk disk = SmallDisk.Mount(1024);
        await using PostgresServerOfOwn server = await StartWithTablesOnAsync(disk);
        disk.Fill();

        StoreRejectedException error = await Assert.ThrowsAsync<StoreRejectedException>(() => OpenAsync(server));
        Assert.Contains(Says, error.Message, StringComparison.Ordinal);

        disk.Free();
        disk.Resize(16 * 1024);
        await using PostgresJobStore store = await OpenAsync(server);
        Assert.Empty(await store.AuditAsync(Cancellation));
    }

    [Fact]
    public async Task A_worker_and_its_producers_outlive_a_full_disk_and_every_job_runs_once()
    {
        using SmallDisk disk = SmallDisk.Mount(64 * 1024);
        await using PostgresServerOfOwn server = await StartWithTablesOnAsync(disk);
        await using var load = new FaultLoad(builder => builder.UsePostgres(server.Running.ConnectionString()));
        await load.StartAsync(payload: 4_000);

        for (int round = 0; round < 3; round++)
        {
            int before = load.Refusals.Count;
            disk.Fill();
            await Wait.UntilAsync("adds are refused", () => load.Refusals.Count > before + 20);
            disk.Free();
            await load.GoesOnAsync($"after there was room in round {round}");
        }

        await load.FinishAsync();
        Assert.All(load.Refusals, static refusal => Assert.Contains(Says, Assert.IsType<StoreRejectedException>(refusal).Message, StringComparison.Ordinal));
        await using PostgresJobStore store = await OpenAsync(server);
        await load.VerifyAsync(store);
    }

    // Without room for its log a server ends, and does not start: an administrator makes room, and starts it.
    [Fact]
    public async Task A_server_that_ended_because_its_log_found_no_room_has_lost_nothing_that_was_answered()
    {
        using SmallDisk disk = SmallDisk.Mount(256 * 1024);
        PostgresServerOfOwn server = await PostgresServerOfOwn.StartAsync(disk.Root);
        try
        {
            await using var load = new FaultLoad(builder => builder.UsePostgres(server.Running.ConnectionString()));
            await load.StartAsync(payload: 4_000);

            disk.Fill();
            await Wait.UntilAsync("the server cannot go on", async () => server.HasExited || await Record.ExceptionAsync(() => server.Running.ExecuteAsync("SELECT pg_switch_wal()")) is NpgsqlException);
            disk.Free();
            await server.KillAsync();
            await server.StartAgainAsync();

            await load.GoesOnAsync("after there was room");
            await load.FinishAsync();
            Output?.WriteLine(string.Join('\n', load.Refusals.Select(static refusal => refusal.Message).Distinct()));
            Assert.All(load.Refusals, static refusal => Assert.IsType<StoreRejectedException>(refusal));
            await using PostgresJobStore store = await OpenAsync(server);
            await load.VerifyAsync(store);
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    // Its log is elsewhere, as it is where tables have a disk of their own.
    private static async Task<PostgresServerOfOwn> StartWithTablesOnAsync(SmallDisk disk)
    {
        PostgresServerOfOwn server = await PostgresServerOfOwn.StartAsync();
        string folder = Path.Combine(disk.Root, "tables");
        await ServerProgram.MakeFolderAsync(folder);
        await server.Running.ExecuteAsync($"CREATE TABLESPACE small LOCATION '{folder}'");
        await server.Running.ExecuteAsync("ALTER ROLE postgres SET default_tablespace = small");
        return server;
    }

    private static async Task<PostgresJobStore> OpenAsync(PostgresServerOfOwn server)
    {
        var store = new PostgresJobStore(new() { ConnectionString = server.Running.ConnectionString() });
        try
        {
            await store.StartAsync(Cancellation);
            return store;
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }
}
