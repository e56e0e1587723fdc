namespace AsyncMQ.Redis.Tests;

/// <summary>Stores on the run's one server, each an installation of its own.</summary>
internal sealed class RedisStores() : SharedServerStores(RedisServer.RequireAsync)
{
    public static async Task<RedisStoreOptions> NewOptionsAsync(string? name = null) => (await RedisServer.RequireAsync()).OptionsFor(name);

    public static async Task<IJobStore> OpenAsync(RedisStoreOptions options)
    {
        var store = new RedisJobStore(options);
        await store.StartAsync(CancellationToken.None);
        return store;
    }
}
