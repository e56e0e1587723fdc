using System.Globalization;
using AsyncMQ.Postgres.Connecting;
using AsyncMQ.Storage;
using Npgsql;

namespace AsyncMQ.Postgres.Migrating;

/// <summary>The layout of an installation: made, brought up to date and checked here, by as many processes at once as like. Minors only add.</summary>
internal sealed class Layout(PostgresConnections connections, PostgresStoreOptions options)
{
    private const int MostTries = 20;

    private readonly string schema = options.Schema;

    private string Installation => $"schema '{schema}' of {connections.Place}";

    /// <summary>Makes the installation ready, or says why it cannot be used.</summary>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        for (int tries = 1; ; tries++)
        {
            try
            {
                await TryEnsureAsync(cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (NpgsqlException error) when (tries < MostTries && PostgresErrors.IsCollision(error))
            {
                // A change of tables, and looks at them under way, may have locked each other out: nothing was changed.
            }
            catch (NpgsqlException error)
            {
                throw PostgresErrors.Told(error, $"the start on {Installation}");
            }
        }
    }

    private async Task TryEnsureAsync(CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = await connections.Source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var disposing = connection.ConfigureAwait(false);
        if (await MinorAsync(connection, cancellationToken).ConfigureAwait(false) < MigrationScript.Minor)
            await MigrateAsync(connection, cancellationToken).ConfigureAwait(false);
    }

    private async Task MigrateAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (!options.AppliesMigrations)
        {
            throw new StoreRejectedException(
                $"The tables of AsyncMQ in {Installation} are missing or of an older layout, and the store may not make them. Run the SQL of PostgresMigrations.Script.");
        }

        try
        {
            NpgsqlTransaction transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.ReadCommitted, cancellationToken).ConfigureAwait(false);
            await using var disposing = transaction.ConfigureAwait(false);

            // Who else starts now waits here, and finds it made.
            await ExecuteAsync(connection, MigrationScript.Lock(schema), cancellationToken).ConfigureAwait(false);
            int minor = await MinorAsync(connection, cancellationToken).ConfigureAwait(false);
            if (minor < MigrationScript.Minor)
                await ExecuteAsync(connection, MigrationScript.Build(schema, minor), cancellationToken).ConfigureAwait(false);
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new StoreRejectedException(
                $"The role may not make the tables of AsyncMQ in {Installation}: {error.MessageText}. Grant it CREATE, or let their owner run the SQL of "
                + "PostgresMigrations.Script.",
                error);
        }
    }

    /// <summary>The minor layout that is there; -1: nothing is.</summary>
    private async Task<int> MinorAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (await FirstTableAsync(connection, cancellationToken).ConfigureAwait(false) is not { } table)
            return -1;
        if (table != "meta")
        {
            throw new StoreRejectedException(
                $"The {Installation} belongs to another program (it has a table '{table}'). Nothing was changed; give AsyncMQ a schema of its own.");
        }

        return await ReadMinorAsync(connection, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The name of a table in the schema, <c>meta</c> when there is one; null: there are none.</summary>
    private async Task<string?> FirstTableAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        NpgsqlCommand command = new(
            "SELECT relname::text FROM pg_class WHERE relnamespace = to_regnamespace($1) AND relkind IN ('r', 'p') ORDER BY relname <> 'meta', relname LIMIT 1", connection)
        {
            Parameters = { new() { Value = MigrationScript.Quote(schema) } },
        };
        await using var disposing = command.ConfigureAwait(false);
        return (string?)await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<int> ReadMinorAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        (int major, int minor) = (0, 0);
        try
        {
            NpgsqlCommand command = new($"SELECT layout_major, layout_minor FROM {MigrationScript.Quote(schema)}.meta", connection);
            await using var disposing = command.ConfigureAwait(false);
            NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using var closing = reader.ConfigureAwait(false);
            if (!await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                throw Damaged(null);
            (major, minor) = (reader.GetInt32(0), reader.GetInt32(1));
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.UndefinedColumn)
        {
            throw Damaged(error);
        }

        return major <= MigrationScript.Major
            ? minor
            : throw new StoreRejectedException(string.Create(
                CultureInfo.InvariantCulture,
                $"The {Installation} has layout {major}.{minor}, written by a newer AsyncMQ.Postgres; this one knows layouts up to {MigrationScript.Major}.x. Update the package."));
    }

    private StoreRejectedException Damaged(Exception? error) =>
        new($"The {Installation} does not say which layout it has: its table 'meta' is damaged, or another program's.", error);

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        NpgsqlCommand command = new(sql, connection);
        await using var disposing = command.ConfigureAwait(false);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }
}
