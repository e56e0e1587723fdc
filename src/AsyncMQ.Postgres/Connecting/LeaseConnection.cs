using Npgsql;

namespace AsyncMQ.Postgres.Connecting;

/// <summary>
/// The connection on which leases are renewed, by the keeper's own thread: it stays open, so that a renewal waits for nobody, not even when all others are
/// in use. Made when it is first needed, and anew after an error.
/// </summary>
internal sealed class LeaseConnection(PostgresConnections connections) : IDisposable
{
    private readonly Lock gate = new();
    private NpgsqlConnection? open;

    /// <summary>Does something on it; one at a time.</summary>
    public T Use<T>(Func<NpgsqlConnection, T> use)
    {
        lock (gate)
        {
            try
            {
                open ??= connections.Source.OpenConnection();
                return use(open);
            }
            catch (Exception error)
            {
                open?.Dispose();
                open = null;
                if (error is NpgsqlException or TimeoutException)
                    throw PostgresErrors.Told(error, "the renewal of a lease");
                throw;
            }
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            open?.Dispose();
            open = null;
        }
    }
}
