namespace AsyncMQ.Bench.Stores;

/// <summary>The in-memory store.</summary>
internal sealed class MemoryStore : IMeasuredStore
{
    public long FileBytes => 0;

    public void Use(AsyncMQBuilder mq) => mq.UseInMemory();

    public void Dispose()
    {
    }
}
