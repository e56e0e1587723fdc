using AsyncMQ.Postgres.Tests;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace AsyncMQ.EntityFrameworkCore.Tests.Kit;

/// <summary>Orders and an outbox in a PostgreSQL database, jobs in memory.</summary>
public sealed class PostgresOutboxShop : OutboxShop
{
    private readonly string schema = $"shop_{Guid.NewGuid():N}";
    private string connection = "";

    public override async ValueTask InitializeAsync()
    {
        RunningServer server = await PostgresServer.RequireAsync();
        await server.ExecuteAsync($"CREATE SCHEMA {schema}");
        connection = $"{server.ConnectionString()};Search Path={schema}";
        await base.InitializeAsync();
    }

    public override void Use(DbContextOptionsBuilder options, IServiceProvider services, Func<ExecutionStrategyDependencies, IExecutionStrategy>? strategy = null) =>
        options.UseNpgsql(connection, npgsql => npgsql.ExecutionStrategy(strategy ?? (static parts => new NonRetryingExecutionStrategy(parts)))).UseAsyncMQOutbox(services);

    protected override void UseStore(AsyncMQBuilder mq) => mq.UseInMemory();
}
