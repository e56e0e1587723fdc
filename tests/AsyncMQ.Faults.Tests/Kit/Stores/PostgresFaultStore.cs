using AsyncMQ.Postgres.Tests;

namespace AsyncMQ.Faults.Kit;

/// <summary>An installation on a PostgreSQL server of its own.</summary>
internal sealed class PostgresFaultStore : FaultStore
{
    private PostgresFaultStore(PostgresServerOfOwn server) => Server = server;

    public PostgresServerOfOwn Server { get; }

    public override string Told => StoreChoice.OnPostgres(Server.Running.ConnectionString());

    public static async Task<PostgresFaultStore> StartAsync() => new(await PostgresServerOfOwn.StartAsync());

    // What others than the store see of it, the store's own audit asks in their words already.
    public override Task<IReadOnlyList<string>> CheckAsync() => Task.FromResult<IReadOnlyList<string>>([]);

    public override ValueTask DisposeAsync() => Server.DisposeAsync();
}
