using AsyncMQ.Postgres.Migrating;
using AsyncMQ.Storage;
using Npgsql;

namespace AsyncMQ.Postgres.Connecting;

/// <summary>Calls the functions of the installation. Each is one transaction on the server, so nothing of ours is ever open between two round trips.</summary>
internal sealed class StepRunner(PostgresConnections connections, string schema)
{
    private const int MostTries = 5;

    private readonly string prefix = MigrationScript.Quote(schema) + ".";

    /// <summary>Calls a function that gives one value. A cancelled caller goes away; the call does not.</summary>
    /// <param name="function">Its name.</param>
    /// <param name="arguments">What it takes, in order.</param>
    /// <param name="cancellationToken">Abandons the wait.</param>
    public async ValueTask<T> CallAsync<T>(string function, object[] arguments, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Task<T> running = CallAsync<T>(function, arguments);
        return cancellationToken.CanBeCanceled ? await running.WaitAsync(cancellationToken).ConfigureAwait(false) : await running.ConfigureAwait(false);
    }

    private async Task<T> CallAsync<T>(string function, object[] arguments)
    {
        for (int tries = 1; ; tries++)
        {
            try
            {
                NpgsqlCommand command = connections.Source.CreateCommand(
                    $"SELECT {prefix}{function}({string.Join(", ", arguments.Select(static (_, i) => $"${i + 1}"))})");
                await using var disposing = command.ConfigureAwait(false);
                foreach (object argument in arguments)
                    command.Parameters.Add(new() { Value = argument });
                return (T)(await command.ExecuteScalarAsync().ConfigureAwait(false) ?? default(T)!);
            }
            catch (NpgsqlException error) when (tries < MostTries && PostgresErrors.IsCollision(error))
            {
                // Nothing was done: once more.
            }
            catch (Exception error) when (error is NpgsqlException or TimeoutException)
            {
                throw PostgresErrors.Told(error, function);
            }
        }
    }
}
