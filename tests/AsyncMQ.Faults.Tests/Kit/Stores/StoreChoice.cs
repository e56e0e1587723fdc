using AsyncMQ.Postgres;
using AsyncMQ.Redis;
using AsyncMQ.Sqlite;
using AsyncMQ.Storage;

namespace AsyncMQ.Faults.Kit;

/// <summary>The stores that can be told on a command line: the path of a file is SQLite, <c>redis:server/name</c> is an installation on Redis,
/// <c>postgres:…</c> with a connection string one on PostgreSQL.</summary>
internal static class StoreChoice
{
    private const string Redis = "redis:";
    private const string Postgres = "postgres:";

    /// <summary>How an installation on Redis is told.</summary>
    public static string OnRedis(string server, string name) => $"{Redis}{server}/{name}";

    /// <summary>How an installation on PostgreSQL is told.</summary>
    public static string OnPostgres(string connection) => Postgres + connection;

    /// <summary>The connection string of an installation on PostgreSQL; null: it is on something else.</summary>
    public static string? PostgresOf(string store) => store.StartsWith(Postgres, StringComparison.Ordinal) ? store[Postgres.Length..] : null;

    /// <summary>Uses a store.</summary>
    public static AsyncMQBuilder Use(AsyncMQBuilder builder, string store) => builder.UseStore(options => Make(store, options.TimeProvider));

    /// <summary>Makes a store.</summary>
    public static IJobStore Make(string store, TimeProvider time)
    {
        if (store.StartsWith(Redis, StringComparison.Ordinal) && store[Redis.Length..].Split('/') is [var server, var name])
            return new RedisJobStore(new() { Configuration = server, Name = name });
        return PostgresOf(store) is { } connection
            ? new PostgresJobStore(new() { ConnectionString = connection }, time)
            : new SqliteJobStore(new() { Path = store }, time);
    }
}
