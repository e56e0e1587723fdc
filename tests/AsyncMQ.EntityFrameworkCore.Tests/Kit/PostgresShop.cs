using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace AsyncMQ.EntityFrameworkCore.Tests.Kit;

/// <summary>Jobs in the PostgreSQL database of the orders.</summary>
public sealed class PostgresShop : Shop
{
    private readonly PostgresSchema schema = new();

    public override async ValueTask InitializeAsync()
    {
        await schema.MakeAsync();
        await base.InitializeAsync();
    }

    public override void Use(DbContextOptionsBuilder options, IServiceProvider services, Func<ExecutionStrategyDependencies, IExecutionStrategy>? strategy = null) =>
        schema.Use(options, strategy).UseAsyncMQ(services);

    protected override void UseStore(AsyncMQBuilder mq) => mq.UsePostgres(schema.Connection, options => options.Schema = $"{schema.Name}_jobs");
}
