using System.Diagnostics;
using AsyncMQ.Conformance.Driving;

namespace AsyncMQ.Redis.Tests;

/// <summary>The server is killed and started again on its append-only file: what was answered is there, and everybody goes on.</summary>
public sealed class ServerDeathTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_killed_server_that_comes_back_has_lost_nothing_and_is_used_again()
    {
        await RedisServer.RequireAsync();
        string folder = Directory.CreateTempSubdirectory("asyncmq-redis-").FullName;
        int port = RedisServer.FreePort();
        Process server = await RedisServer.LaunchAsync(folder, port);
        try
        {
            await using IJobStore store = await RedisStores.OpenAsync(new() { Configuration = $"127.0.0.1:{port}", Name = "killed" });
            StoreDriver driver = await StoreDriver.OpenAsync(store);
            Worker worker = await driver.OpenWorker(lease: 1.Hours());
            using var ears = new Ears(store);
            await driver.AddBulk([.. Enumerable.Range(0, 100).Select(i => Drafts.Job($"job-{i}"))]);
            IReadOnlyList<ClaimedJob> claimed = await worker.Claim(10);

            await KillAsync(server);
            server = await RedisServer.LaunchAsync(folder, port);
            await AnswersAsync(store);

            Assert.True(await RenewsAsync(worker));
            foreach (ClaimedJob job in claimed)
                Assert.Equal(SettleOutcome.Applied, await worker.Complete(job));
            QueueCounts counts = await store.CountAsync(Drafts.DefaultQueue, TestContext.Current.CancellationToken);
            Assert.Equal((90, 0, 10), (counts.ByState[(int)JobState.Waiting], counts.ByState[(int)JobState.Active], counts.ByState[(int)JobState.Completed]));
            await ears.Hears(static signal => signal.Kind == StoreSignalKind.Changed);
            Assert.Empty(await store.AuditAsync(TestContext.Current.CancellationToken));
        }
        finally
        {
            await KillAsync(server);
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Two_processes_on_one_installation_wake_each_other()
    {
        RedisStoreOptions options = await RedisStores.NewOptionsAsync();
        await using IJobStore one = await RedisStores.OpenAsync(options), other = await RedisStores.OpenAsync(await RedisStores.NewOptionsAsync(options.Name));
        StoreDriver driver = await StoreDriver.OpenAsync(one);
        using var ears = new Ears(other);

        await driver.Add(Drafts.Job("a"));

        await ears.Hears(static signal => signal is { Kind: StoreSignalKind.Work, Queue: Drafts.DefaultQueue });
    }

    private static async Task KillAsync(Process server)
    {
        server.Kill();
        await server.WaitForExitAsync();
        server.Dispose();
    }

    private static async Task AnswersAsync(IJobStore store)
    {
        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await store.GetTimeAsync(TestContext.Current.CancellationToken);
                return;
            }
            catch (StoreException) when (Stopwatch.GetElapsedTime(started) < Patience)
            {
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }
        }
    }

    // On a connection of its own, which comes back by itself.
    private static async Task<bool> RenewsAsync(Worker worker)
    {
        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return worker.Renew().Alive;
            }
            catch (StoreException) when (Stopwatch.GetElapsedTime(started) < Patience)
            {
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }
        }
    }
}
