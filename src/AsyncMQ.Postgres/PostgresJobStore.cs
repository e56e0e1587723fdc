using AsyncMQ.Postgres.Connecting;
using AsyncMQ.Postgres.Leasing;
using AsyncMQ.Postgres.Migrating;
using AsyncMQ.Storage;
using Npgsql;

namespace AsyncMQ.Postgres;

/// <summary>
/// The store in a PostgreSQL database, for any number of machines. Each step is one call of a function, so each is atomic; what is decided is decided in
/// SQL, in <c>Sql/Functions</c>. Here steps are packed for them, and their answers read.
/// </summary>
internal sealed partial class PostgresJobStore : IJobStore
{
    private readonly PostgresConnections connections;
    private readonly LeaseConnection leases;
    private readonly PostgresNews news;
    private readonly StepRunner steps;
    private readonly Layout layout;
    private readonly string schema;

    /// <param name="options">The database and the schema.</param>
    /// <param name="time">The clock of this process, for waits; null: the system's. What the store decides, it decides by the server's clock.</param>
    public PostgresJobStore(PostgresStoreOptions options, TimeProvider? time = null)
    {
        schema = options.Schema;
        connections = new(options);
        leases = new(connections);
        news = new(connections, options, time ?? TimeProvider.System);
        steps = new(connections, schema);
        layout = new(connections, options);
    }

    public string Description => $"PostgreSQL {connections.Place}, schema {schema}";

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await layout.EnsureAsync(cancellationToken).ConfigureAwait(false);
        await steps.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    public async Task OpenAsync(SessionInfo session, CancellationToken cancellationToken)
    {
        if (!await steps.StepAsync("open_session", SessionLife.Pack(session), SessionLife.ReadBoolAsync, cancellationToken).ConfigureAwait(false))
            throw new SessionLostException(session.Id);
    }

    public RenewReply Renew(RenewStep step) =>
        leases.Use(connection => steps.Step(connection, "renew_session", [step.Session.Value, step.ClaimsHeld], SessionLife.ReadRenewal));

    public async Task CloseAsync(SessionId session, CancellationToken cancellationToken) =>
        await steps.StepAsync("close_session", [session.Value], NothingAsync, cancellationToken).ConfigureAwait(false);

    public ValueTask<IReadOnlyList<SessionRecord>> SessionsAsync(CancellationToken cancellationToken) =>
        steps.LookAsync("list_sessions", [], SessionLife.ReadAllAsync, cancellationToken);

    public ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken) =>
        steps.LookAsync("get_time", [], ReadTimeAsync, cancellationToken);

    public async Task SetClockOffsetAsync(TimeSpan offset, CancellationToken cancellationToken) =>
        await steps.StepAsync("move_clock", [offset], NothingAsync, cancellationToken).ConfigureAwait(false);

    public IDisposable Watch(Action<StoreSignal> observer) => news.Watch(observer);

    public ValueTask DisposeAsync()
    {
        news.Dispose();
        leases.Dispose();
        return connections.DisposeAsync();
    }

    private static ValueTask<bool> NothingAsync(NpgsqlDataReader reader) => ValueTask.FromResult(true);

    private static async ValueTask<DateTimeOffset> ReadTimeAsync(NpgsqlDataReader reader)
    {
        await reader.ReadAsync().ConfigureAwait(false);
        return reader.GetDateTime(0);
    }
}
