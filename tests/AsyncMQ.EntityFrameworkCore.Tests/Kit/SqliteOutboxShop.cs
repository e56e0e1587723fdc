using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace AsyncMQ.EntityFrameworkCore.Tests.Kit;

/// <summary>Orders and an outbox in an SQLite file, jobs on Redis.</summary>
public sealed class SqliteOutboxShop : OutboxShop
{
    private readonly TestFile file = new();
    private string redis = "";

    public override async ValueTask InitializeAsync()
    {
        redis = await RedisForAll.AddressAsync();
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        file.Dispose();
    }

    public override void Use(DbContextOptionsBuilder options, IServiceProvider services, Func<ExecutionStrategyDependencies, IExecutionStrategy>? strategy = null) =>
        options.UseSqlite(file.Connection, sqlite => sqlite.ExecutionStrategy(strategy ?? (static parts => new NonRetryingExecutionStrategy(parts)))).UseAsyncMQOutbox(services);

    protected override void UseStore(AsyncMQBuilder mq) => mq.UseRedis(redis, options => options.Name = Guid.NewGuid().ToString("N"));
}
