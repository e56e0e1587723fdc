using AsyncMQ.Storage;
using Npgsql;

namespace AsyncMQ.Postgres.Connecting;

/// <summary>
/// The database: the application's own data source, or one made and closed here. Of its connections the lease has one, and who listens another; the steps and
/// looks under way share the rest, and the others wait here, for as long as it takes: Npgsql would give up after a time, though all is well.
/// </summary>
internal sealed class PostgresConnections : IAsyncDisposable
{
    private readonly bool isOwn;
    private readonly bool listens;
    private readonly SemaphoreSlim free;

    public PostgresConnections(PostgresStoreOptions options)
    {
        isOwn = options.DataSource is null;
        Source = options.DataSource ?? Build(options);
        var said = new NpgsqlConnectionStringBuilder(Source.ConnectionString);
        listens = options.Listens;
        Resets = !said.NoResetOnClose;
        Most = said.MaxPoolSize;
        free = new(Math.Max(1, Most - Standing));
        Place = said.Database is { Length: > 0 } database ? $"{said.Host}:{said.Port}/{database}" : $"{said.Host}:{said.Port}";
    }

    public NpgsqlDataSource Source { get; }

    /// <summary>The database in words, without secrets.</summary>
    public string Place { get; }

    /// <summary>How many connections there may be.</summary>
    public int Most { get; }

    /// <summary>Whether there may be a pooler between, which gives each transaction to another connection of the server.</summary>
    public bool ArePooled => !listens;

    /// <summary>Whether Npgsql puts DISCARD ALL, a transaction of its own, before the first command on a connection that was used before.</summary>
    public bool Resets { get; }

    /// <summary>How many stay open for as long as the store is used.</summary>
    private int Standing => listens ? 2 : 1;

    /// <summary>Says so when there cannot be enough connections.</summary>
    public void RequireEnough()
    {
        if (Most <= Standing)
        {
            throw new StoreRejectedException(
                $"The store needs {Standing + 1} connections to {Place}: one for leases, {(listens ? "one to listen on, " : "")}and one or more for steps, but Maximum Pool "
                + $"Size is {Most}. Raise it{(listens && Most == Standing ? ", or set Listens = false" : "")}.");
        }
    }

    /// <summary>Waits until a step may have a connection; in the order of coming.</summary>
    public Task TakeTurnAsync(CancellationToken cancellationToken) => free.WaitAsync(cancellationToken);

    /// <summary>The step is over, and its connection given back.</summary>
    public void EndTurn() => free.Release();

    // The semaphore is not disposed of: a step may be under way whose caller has gone, and it has nothing to free.
    public async ValueTask DisposeAsync()
    {
        if (isOwn)
            await Source.DisposeAsync().ConfigureAwait(false);
    }

    private static NpgsqlDataSource Build(PostgresStoreOptions options)
    {
        NpgsqlConnectionStringBuilder said = ConnectionText.Parse(options.ConnectionString);

        // A step is one call of a function: prepared, the server need not make a plan for that. Who may not listen is behind a transaction pooler, and only newer
        // ones carry what was prepared from one connection of the server to another. (ContainsKey says yes to every key that there could be.)
        if (!said.ShouldSerialize("Max Auto Prepare"))
            said.MaxAutoPrepare = options.Listens ? 64 : 0;
        if (!said.ShouldSerialize("Auto Prepare Min Usages"))
            said.AutoPrepareMinUsages = 2;

        // A function sets nothing that outlives it, so there is nothing to put back: six commands less for the server with each step.
        if (!said.ShouldSerialize("No Reset On Close"))
            said.NoResetOnClose = true;
        said.ApplicationName ??= "AsyncMQ";
        return NpgsqlDataSource.Create(said);
    }
}
