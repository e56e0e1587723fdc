namespace AsyncMQ.Bench.Stores;

/// <summary>The in-memory store.</summary>
internal sealed class MemoryStore : IMeasuredStore
{
    public void Use(AsyncMQBuilder mq) => mq.UseInMemory();

    public void Dispose()
    {
    }
}
