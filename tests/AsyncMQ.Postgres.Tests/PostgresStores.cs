using System.Data.Common;
using AsyncMQ.Conformance;
using AsyncMQ.Conformance.Transactions;
using Npgsql;

namespace AsyncMQ.Postgres.Tests;

/// <summary>Stores on the run's one server, each an installation of its own.</summary>
internal sealed class PostgresStores : ITransactionalFixture
{
    public bool OthersMayWrite => true;

    public async Task<IJobStore> CreateAsync()
    {
        RunningServer server = await PostgresServer.RequireAsync();
        return await OpenAsync(await SchemaPool.TakeAsync(server));
    }

    public async Task<IJobStore?> ReopenAsync(IJobStore store)
    {
        string schema = store.Description[(store.Description.LastIndexOf(' ') + 1)..];
        SchemaPool.Keep(schema);
        await store.DisposeAsync();
        return await OpenAsync(schema);
    }

    public Task<DbConnection> ConnectAsync(IJobStore store) => ConnectAsync("postgres");

    public Task<DbConnection> ConnectElsewhereAsync(IJobStore store) => ConnectAsync("template1");

    private static async Task<DbConnection> ConnectAsync(string database)
    {
        RunningServer server = await PostgresServer.RequireAsync();
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(server.ConnectionString()) { Database = database }.ToString());
        await connection.OpenAsync();
        return connection;
    }

    private static async Task<PostgresJobStore> OpenAsync(string schema)
    {
        RunningServer server = await PostgresServer.RequireAsync();
        var store = new PostgresJobStore(new() { DataSource = SchemaPool.SourceOf(server, schema), Schema = schema });
        await store.StartAsync(CancellationToken.None);
        SchemaPool.Lend(schema, store);
        return store;
    }
}
