using Npgsql;

namespace AsyncMQ.Postgres;

/// <summary>Which database the PostgreSQL store uses, and how.</summary>
public sealed class PostgresStoreOptions
{
    /// <summary>PostgreSQL cuts longer names off.</summary>
    private const int MostLetters = 63;

    /// <summary>The database, as Npgsql writes it: <c>Host=localhost;Database=app;Username=app</c>, or as a URL: <c>postgres://app@localhost/app</c>. Not used with a <see cref="DataSource"/>.</summary>
    public string ConnectionString { get; set; } = "Host=localhost";

    /// <summary>A data source of the application's own, which the store uses and leaves open; null: the store makes one.</summary>
    public NpgsqlDataSource? DataSource { get; set; }

    /// <summary>
    /// The schema that all tables and functions are in, made when it is missing. Several installations in one database, each with a schema of its own, never
    /// meet. <c>asyncmq</c> by default.
    /// </summary>
    /// <exception cref="ArgumentException">The name is empty, longer than 63 bytes of UTF-8, has control characters, or begins with <c>pg_</c>.</exception>
    public string Schema { get; set => field = RequireSchema(value); } = "asyncmq";

    /// <summary>
    /// Whether the store makes its tables, and brings older ones up to date, when it starts. Without, they must be there: give a database administrator
    /// <see cref="PostgresMigrations.Script"/>. True by default.
    /// </summary>
    public bool AppliesMigrations { get; set; } = true;

    /// <summary>
    /// Whether the store keeps a connection on which the server wakes this process up (LISTEN). A transaction pooler, PgBouncer for example, does not carry
    /// that: set false behind one, and workers look for work by the interval of polling. Nothing is prepared then, unless the connection string says
    /// <c>Max Auto Prepare</c>: few poolers carry prepared statements. Each transaction has a round trip of its own, and commits wait for the disk. True by default.
    /// </summary>
    public bool Listens { get; set; } = true;

    private static string RequireSchema(string name) =>
        name is { Length: > 0 } && System.Text.Encoding.UTF8.GetByteCount(name) <= MostLetters && !name.Any(char.IsControl)
            && !name.StartsWith("pg_", StringComparison.Ordinal)
            ? name
            : throw new ArgumentException(
                $"The name of a schema must be 1 to 63 bytes long, without control characters, and must not begin with 'pg_', but was '{name}'.", nameof(name));
}
