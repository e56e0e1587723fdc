using AsyncMQ.Conformance;

namespace AsyncMQ.Redis.Tests;

/// <summary>Stores on the run's one server, each an installation of its own.</summary>
internal sealed class RedisStores : IStoreFixture
{
    public static async Task<RedisStoreOptions> NewOptionsAsync(string? name = null)
    {
        RunningServer server = await RedisServer.RequireAsync();
        return new()
        {
            Configuration = server.Configuration,
            Connection = server.Work,
            LeaseConnection = server.Leases,
            Name = name ?? Guid.NewGuid().ToString("N"),
        };
    }

    public async Task<IJobStore> CreateAsync() => await OpenAsync(await NewOptionsAsync());

    public async Task<IJobStore?> ReopenAsync(IJobStore store)
    {
        string name = store.Description[(store.Description.LastIndexOf(' ') + 1)..];
        await store.DisposeAsync();
        return await OpenAsync(await NewOptionsAsync(name));
    }

    public static async Task<IJobStore> OpenAsync(RedisStoreOptions options)
    {
        var store = new RedisJobStore(options);
        await store.StartAsync(CancellationToken.None);
        return store;
    }
}
