using AsyncMQ.Redis.Tests.Faults.Kit;
using StackExchange.Redis;

namespace AsyncMQ.Redis.Tests.Faults;

/// <summary>Connections fall silent for good and are not closed, as behind a firewall that forgets them; the server is fine. The lease outlives that.</summary>
[Collection(nameof(FaultTests))]
public sealed class SilentConnectionTests
{
    private const string Name = RedisLoad.Name;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_worker_keeps_its_lease_and_its_jobs(bool allAreSilent)
    {
        await using OwnServer server = await OwnServer.StartAsync();
        await using ConnectionMultiplexer administrator = await server.ConnectAsync();
        await using var proxy = new TcpProxy(server.Port);
        await using var load = RedisLoad.On(proxy.Address, handler: TimeSpan.FromMilliseconds(5), lease: TimeSpan.FromSeconds(15));
        await load.StartAsync();
        IDatabase database = administrator.GetDatabase();
        RedisValue session = Assert.Single(await database.SortedSetRangeByRankAsync($"{{{Name}}}:sessions"));

        // Another process sees to it that a lease that is over is seen to be.
        await using AsyncMQHost other = AsyncMQHost.Create(builder => builder.UseRedis(server.Address, static options => options.Name = Name)
            .Configure(static options => options.Retention = RetentionPolicy.Forever) // it keeps house in all queues, by its own options
            .AddHandler("other", static (_, _) => Task.CompletedTask)
            .AddWorker("elsewhere"));
        await other.StartAsync(TestContext.Current.CancellationToken);
        HashSet<int> leases = await PortsAsync(administrator, "leases");
        Assert.NotEmpty(leases);

        proxy.Hang(port => allAreSilent || leases.Contains(port));
        double before = (await database.SortedSetScoreAsync($"{{{Name}}}:sessions", session))!.Value;
        TimeSpan took = await Wait.UntilAsync("the lease is renewed", async () => await database.SortedSetScoreAsync($"{{{Name}}}:sessions", session) > before);
        TimeSpan claimed = await load.ClaimsAsync("after connections fell silent");

        await load.GoesOnAsync("after connections fell silent");
        Assert.Contains(session, await database.SortedSetRangeByRankAsync($"{{{Name}}}:sessions"));
        await load.FinishAsync();
        await other.StopAsync(TestContext.Current.CancellationToken);
        TestContext.Current.TestOutputHelper?.WriteLine($"renewed after {took.TotalSeconds:0.0} s, claimed after {claimed.TotalSeconds:0.0} s more");
        await load.VerifyAsync(server);
    }

    // From where clients come whose name ends so.
    private static async Task<HashSet<int>> PortsAsync(ConnectionMultiplexer administrator, string name)
    {
        ClientInfo[] clients = await administrator.GetServers()[0].ClientListAsync();
        return [.. clients.Where(client => client.Name?.EndsWith(name, StringComparison.Ordinal) == true).Select(static client => ((System.Net.IPEndPoint)client.Address!).Port)];
    }
}
