using AsyncMQ.Redis.Tests.Faults.Kit;
using StackExchange.Redis;

namespace AsyncMQ.Faults.Kit;

/// <summary>An installation on a redis-server of its own.</summary>
internal sealed class RedisFaultStore : FaultStore
{
    private const string Name = "faults";

    private RedisFaultStore(OwnServer server) => Server = server;

    public OwnServer Server { get; }

    public override string Told => StoreChoice.OnRedis(Server.Address, Name);

    /// <summary>Starts a server.</summary>
    /// <param name="appendfsync">When it writes to the disk what it was told: <c>always</c> or <c>everysec</c>.</param>
    public static async Task<RedisFaultStore> StartAsync(string appendfsync = "everysec") => new(await OwnServer.StartAsync("--appendfsync", appendfsync));

    public override async Task<IReadOnlyList<string>> CheckAsync()
    {
        FaultLab.Say(await ScriptTimes.TellAsync(Server));
        await using ConnectionMultiplexer connection = await Server.ConnectAsync();
        return await KeyAudit.FindStraysAsync(connection, Name);
    }

    public override ValueTask DisposeAsync() => Server.DisposeAsync();
}
