using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace AsyncMQ.EntityFrameworkCore.Tests.Kit;

/// <summary>Jobs in the SQLite file of the orders.</summary>
public sealed class SqliteShop : Shop
{
    private readonly TestFile file = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        file.Dispose();
    }

    public override void Use(DbContextOptionsBuilder options, IServiceProvider services, Func<ExecutionStrategyDependencies, IExecutionStrategy>? strategy = null) =>
        options.UseSqlite(file.Connection, sqlite => sqlite.ExecutionStrategy(strategy ?? (static parts => new NonRetryingExecutionStrategy(parts)))).UseAsyncMQ(services);

    protected override void UseStore(AsyncMQBuilder mq) => mq.UseSqlite(file.Path, static options => options.SharesFile = true);
}
