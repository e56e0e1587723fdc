using AsyncMQ.Redis.Tests.Faults.Kit;
using StackExchange.Redis;

namespace AsyncMQ.Faults.Kit;

/// <summary>An installation on a redis-server of its own.</summary>
internal sealed class RedisFaultStore : FaultStore
{
    private const string Name = "faults";

    private readonly OwnServer server;

    private RedisFaultStore(OwnServer server) => this.server = server;

    public override string Told => StoreChoice.OnRedis(server.Address, Name);

    public static async Task<RedisFaultStore> StartAsync() => new(await OwnServer.StartAsync("--appendfsync", "everysec"));

    public override async Task<IReadOnlyList<string>> CheckAsync()
    {
        FaultLab.Say(await ScriptTimes.TellAsync(server));
        await using ConnectionMultiplexer connection = await server.ConnectAsync();
        return await KeyAudit.FindStraysAsync(connection, Name);
    }

    public override ValueTask DisposeAsync() => server.DisposeAsync();
}
