namespace AsyncMQ.Bench.Stores;

/// <summary>The Redis store.</summary>
internal sealed class RedisStore : IMeasuredStore
{
    private readonly OwnRedisServer server = new();

    public long FileBytes => server.FileBytes;

    public void Use(AsyncMQBuilder mq) => mq.UseRedis($"127.0.0.1:{server.Port}");

    public void Dispose() => server.Dispose();
}
