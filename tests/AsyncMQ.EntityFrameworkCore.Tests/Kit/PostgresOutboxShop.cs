using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace AsyncMQ.EntityFrameworkCore.Tests.Kit;

/// <summary>Orders and an outbox in a PostgreSQL database, jobs in memory.</summary>
public sealed class PostgresOutboxShop : OutboxShop
{
    private readonly PostgresSchema schema = new();

    public override async ValueTask InitializeAsync()
    {
        await schema.MakeAsync();
        await base.InitializeAsync();
    }

    public override void Use(DbContextOptionsBuilder options, IServiceProvider services, Func<ExecutionStrategyDependencies, IExecutionStrategy>? strategy = null) =>
        schema.Use(options, strategy).UseAsyncMQOutbox(services);

    protected override void UseStore(AsyncMQBuilder mq) => mq.UseInMemory();
}
