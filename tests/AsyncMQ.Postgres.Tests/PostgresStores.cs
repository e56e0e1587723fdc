using AsyncMQ.Conformance;

namespace AsyncMQ.Postgres.Tests;

/// <summary>Stores on the run's one server, each an installation of its own.</summary>
internal sealed class PostgresStores : IStoreFixture
{
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

    private static async Task<PostgresJobStore> OpenAsync(string schema)
    {
        RunningServer server = await PostgresServer.RequireAsync();
        var store = new PostgresJobStore(new() { DataSource = SchemaPool.SourceOf(server, schema), Schema = schema });
        await store.StartAsync(CancellationToken.None);
        SchemaPool.Lend(schema, store);
        return store;
    }
}
