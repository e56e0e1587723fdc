using AsyncMQ.Conformance;
using AsyncMQ.InMemory;

namespace AsyncMQ.Tests.InMemory;

internal sealed class InMemoryStores : IStoreFixture
{
    public async Task<IJobStore> CreateAsync()
    {
        var store = new InMemoryJobStore(TimeProvider.System);
        await store.StartAsync(CancellationToken.None);
        return store;
    }

    public Task<IJobStore?> ReopenAsync(IJobStore store) => Task.FromResult<IJobStore?>(null);
}
