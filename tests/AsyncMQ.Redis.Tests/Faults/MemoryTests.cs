using System.Collections.Concurrent;
using AsyncMQ.Redis.Tests.Faults.Kit;
using StackExchange.Redis;

namespace AsyncMQ.Redis.Tests.Faults;

/// <summary>The server's memory is full: adds are refused, workers go on, and so it drains and is used again.</summary>
[Collection(nameof(FaultTests))]
public sealed class MemoryTests
{
    private const string Queue = "work";
    private const int Room = 4 << 20;
    private static readonly string Payload = new('x', 20_000);

    [Fact]
    public async Task A_full_server_refuses_adds_is_drained_by_workers_and_takes_adds_again()
    {
        await using OwnServer server = await OwnServer.StartAsync();
        await using AsyncMQHost producer = AsyncMQHost.Create(builder => builder.UseRedis(server.Address));
        IJobQueue jobs = producer.Client.GetQueue(Queue);
        await jobs.AddAsync("work", JobArgs.Create([Payload]), new() { JobId = "first" });
        await server.OrderAsync("CONFIG", "SET", "maxmemory", await UsedAsync(server) + Room);

        (int added, StoreRejectedException refusal) = await FillAsync(jobs);
        Assert.StartsWith("Redis refused Producing/add: OOM", refusal.Message, StringComparison.Ordinal);
        Assert.Null(await jobs.GetJobAsync($"job-{added}"));
        Assert.Equal(added + 1, (await jobs.GetStatsAsync()).Waiting);

        // A server that is full may have forgotten its scripts besides, and workers may start when it is full.
        await server.OrderAsync("SCRIPT", "FLUSH");
        ConcurrentDictionary<string, int> runs = [];
        await using AsyncMQHost worker = AsyncMQHost.Create(builder => builder.UseRedis(server.Address)
            .Configure(static options => options.Retention = new() { Count = 0 })
            .AddHandler("work", async (context, token) =>
            {
                // What a handler tells of its job must not fail it because the server is full.
                await context.ReportProgressAsync(50, "half", token);
                await context.LogAsync("a line", token);
                runs.AddOrUpdate(context.Id, 1, static (_, before) => before + 1);
            })
            .AddWorker(Queue));
        await worker.StartAsync(TestContext.Current.CancellationToken);
        await Wait.UntilAsync("the full server is drained", async () => await jobs.GetStatsAsync() is { Waiting: 0, Active: 0 });
        Assert.Equal(0, (await jobs.GetStatsAsync()).Failed);
        Assert.Equal(added + 1, runs.Count);
        Assert.All(runs, static run => Assert.Equal(1, run.Value));

        await Wait.UntilAsync("an add is taken again", () => IsTakenAsync(jobs));
        await Wait.UntilAsync("it is done", () => runs.ContainsKey("again"));
        Assert.Equal(0, (await jobs.GetStatsAsync()).Failed);
        await worker.StopAsync(TestContext.Current.CancellationToken);
        await using ConnectionMultiplexer connection = await server.ConnectAsync();
        await using IJobStore store = await RedisStores.OpenAsync(new() { Connection = connection, LeaseConnection = connection });
        Assert.Empty(await store.AuditAsync(TestContext.Current.CancellationToken));
        Assert.Empty(await KeyAudit.FindStraysAsync(connection, "asyncmq"));
    }

    [Fact]
    public async Task A_full_server_lets_schedules_be_paused_resumed_and_removed_but_not_triggered()
    {
        await using OwnServer server = await OwnServer.StartAsync();
        await using AsyncMQHost producer = AsyncMQHost.Create(builder => builder.UseRedis(server.Address));
        IJobQueue jobs = producer.Client.GetQueue(Queue);
        foreach (string id in (string[])["kept", "removed"])
            await jobs.UpsertRepeatableAsync(id, Schedule.Every(TimeSpan.FromDays(1)), JobSpec.Of("work"));
        await server.OrderAsync("CONFIG", "SET", "maxmemory", await UsedAsync(server) + Room);
        await FillAsync(jobs);

        Assert.True(await jobs.PauseRepeatableAsync("kept"));
        Assert.True((await jobs.GetRepeatablesAsync()).Single(static repeatable => repeatable.Id == "kept").IsPaused);
        Assert.True(await jobs.ResumeRepeatableAsync("kept"));
        Assert.True(await jobs.RemoveRepeatableAsync("removed"));

        await Assert.ThrowsAsync<StoreRejectedException>(() => jobs.TriggerRepeatableAsync("kept"));
        await Assert.ThrowsAsync<StoreRejectedException>(() => jobs.UpsertRepeatableAsync("new", Schedule.Every(TimeSpan.FromDays(1)), JobSpec.Of("work")));
        RepeatableInfo left = Assert.Single(await jobs.GetRepeatablesAsync());
        Assert.Equal(("kept", false), (left.Id, left.IsPaused));
    }

    private static async Task<(int Added, StoreRejectedException Refusal)> FillAsync(IJobQueue jobs)
    {
        for (int number = 0; number < 10_000; number++)
        {
            try
            {
                await jobs.AddAsync("work", JobArgs.Create([Payload]), new() { JobId = $"job-{number}" });
            }
            catch (StoreRejectedException refusal)
            {
                return (number, refusal);
            }
        }

        throw new InvalidOperationException("The server is never full.");
    }

    private static async Task<bool> IsTakenAsync(IJobQueue jobs)
    {
        try
        {
            await jobs.AddAsync("work", JobArgs.Create([Payload]), new() { JobId = "again" });
            return true;
        }
        catch (StoreRejectedException)
        {
            return false;
        }
    }

    private static async Task<long> UsedAsync(OwnServer server)
    {
        string info = (string)(await server.OrderAsync("INFO", "memory"))!;
        string line = info.Split("\r\n").First(static line => line.StartsWith("used_memory:", StringComparison.Ordinal));
        return long.Parse(line.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);
    }
}
