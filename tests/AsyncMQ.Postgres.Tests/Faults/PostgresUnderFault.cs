namespace AsyncMQ.Postgres.Tests.Faults;

/// <summary>A PostgreSQL server with fsync on.</summary>
internal sealed class PostgresUnderFault(PostgresServerOfOwn server) : IServerUnderFault
{
    public string Kind => "PostgreSQL";

    public int Port => server.Running.Port;

    // A statement that was prepared is called by its name, and every command ends so: 'S', the length, nothing.
    public ReadOnlyMemory<byte> MarkOfStep { get; } = new byte[] { (byte)'S', 0, 0, 0, 4 };

    public static async Task<IServerUnderFault> StartAsync() => new PostgresUnderFault(await PostgresServerOfOwn.StartAsync());

    public AsyncMQBuilder Use(AsyncMQBuilder builder, int? port = null) => builder.UsePostgres(server.Running.ConnectionString(port: port));

    public Task KillAsync() => server.KillAsync();

    public Task StartAgainAsync() => server.StartAgainAsync();

    public async Task<IJobStore> OpenStoreAsync()
    {
        var store = new PostgresJobStore(new() { ConnectionString = server.Running.ConnectionString() });
        await store.StartAsync(TestContext.Current.CancellationToken);
        return store;
    }

    public async Task VerifyAsync(FaultLoad load)
    {
        await using IJobStore store = await OpenStoreAsync();
        await load.VerifyAsync(store);
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
