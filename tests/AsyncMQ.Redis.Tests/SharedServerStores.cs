using AsyncMQ.Conformance;

namespace AsyncMQ.Redis.Tests;

/// <summary>Stores on one server that all tests of the run share, each with an installation of its own.</summary>
internal abstract class SharedServerStores(Func<Task<RunningServer>> server) : IStoreFixture
{
    public async Task<IJobStore> CreateAsync() => await OpenAsync(null);

    public async Task<IJobStore?> ReopenAsync(IJobStore store)
    {
        string name = store.Description[(store.Description.LastIndexOf(' ') + 1)..];
        await store.DisposeAsync();
        return await OpenAsync(name);
    }

    private async Task<IJobStore> OpenAsync(string? name) => await RedisStores.OpenAsync((await server()).OptionsFor(name));
}
