using AsyncMQ.Redis.Connecting;

namespace AsyncMQ.Redis.Tests.Faults.Kit;

/// <summary>Stores on a cluster of one node: every key must be in the slot of the installation.</summary>
internal sealed class ClusterStores() : SharedServerStores(() => Shared.Value)
{
    private static readonly Lazy<Task<RunningServer>> Shared = new(StartAsync);

    private static async Task<RunningServer> StartAsync()
    {
        OwnServer server = await OwnServer.StartAsync("--cluster-enabled", "yes", "--cluster-announce-ip", "127.0.0.1", "--appendfsync", "everysec");
        server.EndWithTheRun();
        await server.OrderAsync("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
        await Wait.UntilAsync("the cluster is whole", async () => ((string)(await server.OrderAsync("CLUSTER", "INFO"))!).Contains("cluster_state:ok", StringComparison.Ordinal));
        string address = $"{server.Address},connectTimeout=30000,asyncTimeout=30000,syncTimeout=30000";
        return new(address, await RedisConnections.ConnectAsync(address, "work"), await RedisConnections.ConnectAsync(address, "leases"));
    }
}
