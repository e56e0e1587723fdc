using AsyncMQ.Conformance;

namespace AsyncMQ.Redis.Tests.Faults.Kit;

/// <summary>Stores on the run's one server, each behind a network that loses every answer once.</summary>
internal sealed class LosingStores : IStoreFixture
{
    public Task<IJobStore> CreateAsync() => OpenAsync(Guid.NewGuid().ToString("N"));

    public async Task<IJobStore?> ReopenAsync(IJobStore store)
    {
        string name = store.Description[(store.Description.LastIndexOf(' ') + 1)..];
        await store.DisposeAsync();
        return await OpenAsync(name);
    }

    private static async Task<IJobStore> OpenAsync(string name)
    {
        RunningServer server = await RedisServer.RequireAsync();
        var proxy = new TcpProxy(int.Parse(server.Configuration.Split(',')[0].Split(':')[1], System.Globalization.CultureInfo.InvariantCulture));
        IJobStore store = await RedisStores.OpenAsync(new() { Configuration = proxy.Address, Name = name });
        return new LosingStore(store, proxy, server.Work.GetDatabase(), name);
    }
}
