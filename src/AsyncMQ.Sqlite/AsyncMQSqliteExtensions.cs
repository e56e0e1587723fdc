using AsyncMQ.Sqlite;

namespace AsyncMQ;

/// <summary>Chooses the SQLite store.</summary>
public static class AsyncMQSqliteExtensions
{
    /// <summary>Keeps jobs in one SQLite file: durable, no server, for any number of processes of one machine.</summary>
    /// <param name="builder">The installation.</param>
    /// <param name="path">The file. A relative path starts at the current directory, is made absolute and logged at start; missing directories are made.</param>
    /// <param name="configure">Durability, waiting, cache, whether others have tables in the file; null: the defaults.</param>
    /// <exception cref="ArgumentException">The path is empty, or a connection string, a URI or ':memory:' instead of a path.</exception>
    /// <exception cref="InvalidOperationException">A store was chosen already.</exception>
    public static AsyncMQBuilder UseSqlite(this AsyncMQBuilder builder, string path, Action<SqliteStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new SqliteStoreOptions { Path = path };
        configure?.Invoke(options);
        return builder.UseStore(installation => new SqliteJobStore(options, installation.TimeProvider));
    }
}
