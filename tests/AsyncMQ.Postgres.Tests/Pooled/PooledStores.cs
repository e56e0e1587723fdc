using AsyncMQ.Conformance;

namespace AsyncMQ.Postgres.Tests.Pooled;

/// <summary>Stores that reach the run's server through PgBouncer, and do not listen: all else is as it comes.</summary>
internal sealed class PooledStores : IStoreFixture
{
    private static readonly Lazy<Task<PgBouncer>> Shared = new(StartAsync);

    public async Task<IJobStore> CreateAsync() => await OpenAsync(await SchemaPool.TakeAsync(await PostgresServer.RequireAsync()));

    public async Task<IJobStore?> ReopenAsync(IJobStore store)
    {
        string schema = store.Description[(store.Description.LastIndexOf(' ') + 1)..];
        SchemaPool.Keep(schema);
        await store.DisposeAsync();
        return await OpenAsync(schema);
    }

    private static async Task<PostgresJobStore> OpenAsync(string schema)
    {
        PgBouncer pooler = await Shared.Value;
        var store = new PostgresJobStore(new() { ConnectionString = (await PostgresServer.RequireAsync()).ConnectionString(port: pooler.Port), Schema = schema, Listens = false });
        await store.StartAsync(CancellationToken.None);
        SchemaPool.Lend(schema, store);
        return store;
    }

    private static async Task<PgBouncer> StartAsync()
    {
        PgBouncer pooler = await PgBouncer.StartAsync(await PostgresServer.RequireAsync());
        AppDomain.CurrentDomain.ProcessExit += (_, _) => pooler.Delete();
        return pooler;
    }
}
