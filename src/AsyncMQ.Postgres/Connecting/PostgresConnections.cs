using AsyncMQ.Storage;
using Npgsql;

namespace AsyncMQ.Postgres.Connecting;

/// <summary>The database: the application's own data source, or one made and closed here.</summary>
internal sealed class PostgresConnections : IAsyncDisposable
{
    private readonly bool isOwn;

    public PostgresConnections(PostgresStoreOptions options)
    {
        isOwn = options.DataSource is null;
        Source = options.DataSource ?? Build(options.ConnectionString);
        var said = new NpgsqlConnectionStringBuilder(Source.ConnectionString);
        Place = said.Database is { Length: > 0 } database ? $"{said.Host}:{said.Port}/{database}" : $"{said.Host}:{said.Port}";
    }

    public NpgsqlDataSource Source { get; }

    /// <summary>The database in words, without secrets.</summary>
    public string Place { get; }

    public async ValueTask DisposeAsync()
    {
        if (isOwn)
            await Source.DisposeAsync().ConfigureAwait(false);
    }

    private static NpgsqlDataSource Build(string connectionString)
    {
        NpgsqlConnectionStringBuilder said = ConnectionText.Parse(connectionString);

        // A step is one call of a function: prepared, the server need not make a plan for that. (ContainsKey says yes to every key that there could be.)
        if (!said.ShouldSerialize("Max Auto Prepare"))
            said.MaxAutoPrepare = 64;
        if (!said.ShouldSerialize("Auto Prepare Min Usages"))
            said.AutoPrepareMinUsages = 2;

        // A function sets nothing that outlives it, so there is nothing to put back: six commands less for the server with each step.
        if (!said.ShouldSerialize("No Reset On Close"))
            said.NoResetOnClose = true;
        said.ApplicationName ??= "AsyncMQ";
        return NpgsqlDataSource.Create(said);
    }
}
