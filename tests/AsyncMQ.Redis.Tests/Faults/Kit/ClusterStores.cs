using AsyncMQ.Conformance;
using AsyncMQ.Redis.Connecting;

namespace AsyncMQ.Redis.Tests.Faults.Kit;

/// <summary>Stores on a cluster of one node: every key must be in the slot of the installation.</summary>
internal sealed class ClusterStores : IStoreFixture
{
    private static readonly Lazy<Task<RunningServer>> Shared = new(StartAsync);

    public async Task<IJobStore> CreateAsync() => await OpenAsync(Guid.NewGuid().ToString("N"));

    public async Task<IJobStore?> ReopenAsync(IJobStore store)
    {
        string name = store.Description[(store.Description.LastIndexOf(' ') + 1)..];
        await store.DisposeAsync();
        return await OpenAsync(name);
    }

    private static async Task<IJobStore> OpenAsync(string name)
    {
        RunningServer server = await Shared.Value;
        return await RedisStores.OpenAsync(new() { Configuration = server.Configuration, Connection = server.Work, LeaseConnection = server.Leases, Name = name });
    }

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
