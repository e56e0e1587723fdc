using AsyncMQ.Postgres.Connecting;
using AsyncMQ.Postgres.Migrating;
using AsyncMQ.Storage;

namespace AsyncMQ.Postgres;

/// <summary>
/// The store in a PostgreSQL database, for any number of machines. Each step is one call of a function, so each is atomic; what is decided is decided in
/// SQL, in <c>Sql/Functions</c>. Here steps are packed for them, and their answers read.
/// </summary>
internal sealed partial class PostgresJobStore : IJobStore
{
    private readonly PostgresConnections connections;
    private readonly StepRunner steps;
    private readonly Layout layout;
    private readonly string schema;

    public PostgresJobStore(PostgresStoreOptions options)
    {
        schema = options.Schema;
        connections = new(options);
        steps = new(connections, schema);
        layout = new(connections, options);
    }

    public string Description => $"PostgreSQL {connections.Place}, schema {schema}";

    public Task StartAsync(CancellationToken cancellationToken) => layout.EnsureAsync(cancellationToken);

    public async ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken) =>
        await steps.CallAsync<DateTime>("get_time", [], cancellationToken).ConfigureAwait(false);

    public async Task SetClockOffsetAsync(TimeSpan offset, CancellationToken cancellationToken) =>
        await steps.CallAsync<object?>("move_clock", [offset], cancellationToken).ConfigureAwait(false);

    public ValueTask DisposeAsync() => connections.DisposeAsync();
}
