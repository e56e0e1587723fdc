using AsyncMQ.Postgres.Tests;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace AsyncMQ.EntityFrameworkCore.Tests.Kit;

/// <summary>A schema of a shop's own on the run's PostgreSQL server.</summary>
internal sealed class PostgresSchema
{
    public string Name { get; } = $"shop_{Guid.NewGuid():N}";

    /// <summary>Connections that find the shop's tables in it.</summary>
    public string Connection { get; private set; } = "";

    public async Task MakeAsync()
    {
        RunningServer server = await PostgresServer.RequireAsync();
        await server.ExecuteAsync($"CREATE SCHEMA {Name}");
        Connection = $"{server.ConnectionString()};Search Path={Name}";
    }

    public DbContextOptionsBuilder Use(DbContextOptionsBuilder options, Func<ExecutionStrategyDependencies, IExecutionStrategy>? strategy) =>
        options.UseNpgsql(Connection, npgsql => npgsql.ExecutionStrategy(strategy ?? (static parts => new NonRetryingExecutionStrategy(parts))));
}
