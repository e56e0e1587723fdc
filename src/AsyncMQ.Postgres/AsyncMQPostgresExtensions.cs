using AsyncMQ.Postgres;
using AsyncMQ.Postgres.Connecting;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AsyncMQ;

/// <summary>Chooses the PostgreSQL store.</summary>
public static class AsyncMQPostgresExtensions
{
    /// <summary>Keeps jobs in a PostgreSQL database: durable, and shared by any number of machines.</summary>
    /// <param name="builder">The installation.</param>
    /// <param name="connectionString">The database, for example <c>Host=localhost;Database=app;Username=app</c>, or as a URL: <c>postgres://app@localhost/app</c>.</param>
    /// <param name="configure">The schema, and who makes the tables; null: the defaults.</param>
    /// <exception cref="ArgumentException">The connection string is empty, or not one.</exception>
    /// <exception cref="InvalidOperationException">A store was chosen already.</exception>
    public static AsyncMQBuilder UsePostgres(this AsyncMQBuilder builder, string connectionString, Action<PostgresStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (string.IsNullOrWhiteSpace(connectionString))
        {
            throw new ArgumentException(
                "The connection string of the PostgreSQL store must not be empty. Give the database, for example 'Host=localhost;Database=app'.", nameof(connectionString));
        }

        _ = ConnectionText.Parse(connectionString);
        var options = new PostgresStoreOptions { ConnectionString = connectionString };
        configure?.Invoke(options);
        return builder.UseStore(installation => new PostgresJobStore(options, installation.TimeProvider));
    }

    /// <summary>Keeps jobs in a PostgreSQL database, through a data source that the application has already.</summary>
    /// <param name="builder">The installation.</param>
    /// <param name="dataSource">The data source; it stays the application's, and open.</param>
    /// <param name="configure">The schema, and who makes the tables; null: the defaults.</param>
    /// <exception cref="InvalidOperationException">A store was chosen already.</exception>
    public static AsyncMQBuilder UsePostgres(this AsyncMQBuilder builder, NpgsqlDataSource dataSource, Action<PostgresStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(dataSource);
        var options = new PostgresStoreOptions { DataSource = dataSource };
        configure?.Invoke(options);
        return builder.UseStore(installation => new PostgresJobStore(options, installation.TimeProvider));
    }

    /// <summary>Keeps jobs in a PostgreSQL database, through the <see cref="NpgsqlDataSource"/> that the services have.</summary>
    /// <param name="builder">The installation.</param>
    /// <param name="configure">The schema, and who makes the tables; null: the defaults.</param>
    /// <exception cref="InvalidOperationException">A store was chosen already; or, when the host is made, the services have no data source.</exception>
    public static AsyncMQBuilder UsePostgres(this AsyncMQBuilder builder, Action<PostgresStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.UseStore((installation, services) =>
        {
            var options = new PostgresStoreOptions
            {
                DataSource = services.GetService<NpgsqlDataSource>() ?? throw new InvalidOperationException(
                    "UsePostgres() uses the NpgsqlDataSource of the services, but there is none. Register one, or name the database: UsePostgres(\"Host=localhost;…\")."),
            };
            configure?.Invoke(options);
            return new PostgresJobStore(options, installation.TimeProvider);
        });
    }
}
