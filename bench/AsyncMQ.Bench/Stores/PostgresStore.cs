namespace AsyncMQ.Bench.Stores;

/// <summary>The PostgreSQL store.</summary>
internal sealed class PostgresStore : IMeasuredStore
{
    private readonly OwnPostgresServer server = new();

    public long FileBytes => server.FileBytes;

    public void Use(AsyncMQBuilder mq) => mq.UsePostgres(server.ConnectionString);

    public void Dispose() => server.Dispose();
}
