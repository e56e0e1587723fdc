using Npgsql;

namespace AsyncMQ.Postgres.Tests;

/// <summary>
/// Schemas for the suite's stores, each with connections of its own: one whose store is disposed is emptied and lent again. A new one takes the server ten times
/// as long, and a connection that met many of them would make and remember plans for each.
/// </summary>
internal static class SchemaPool
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, PostgresJobStore?> Lent = [];
    private static readonly Dictionary<string, NpgsqlDataSource> Sources = [];

    /// <summary>An empty schema, which nobody else uses; its tables may be there already.</summary>
    public static async Task<string> TakeAsync(RunningServer server)
    {
        string? used = null;
        lock (Gate)
        {
            used = Lent.FirstOrDefault(static schema => schema.Value is { IsDisposed: true }).Key;
            used ??= "";
            if (used.Length > 0)
                Lent[used] = null;
        }

        if (used.Length == 0)
            return $"asyncmq_{Guid.NewGuid():N}";

        await EmptyAsync(server, used);
        return used;
    }

    /// <summary>The connections of a schema.</summary>
    public static NpgsqlDataSource SourceOf(RunningServer server, string schema)
    {
        lock (Gate)
        {
            if (!Sources.TryGetValue(schema, out NpgsqlDataSource? source))
                Sources[schema] = source = NpgsqlDataSource.Create(server.ConnectionString() + ";Maximum Pool Size=8;Connection Idle Lifetime=30;No Reset On Close=true;Max Auto Prepare=64;Auto Prepare Min Usages=2");
            return source;
        }
    }

    /// <summary>A store is on a schema from now on.</summary>
    public static void Lend(string schema, PostgresJobStore store)
    {
        lock (Gate)
            Lent[schema] = store;
    }

    /// <summary>The store of a schema will be disposed, and another opened on it.</summary>
    public static void Keep(string schema)
    {
        lock (Gate)
            Lent[schema] = null;
    }

    private static async Task EmptyAsync(RunningServer server, string schema)
    {
        string tables = await server.QueryAsync<string>(
            $"SELECT string_agg(format('DELETE FROM %I.%I', relnamespace::regnamespace, relname), '; ') FROM pg_class WHERE relnamespace = '{schema}'::regnamespace AND relkind = 'r' AND relname <> 'meta'");
        await server.ExecuteAsync($"""
            {tables};
            UPDATE {schema}.meta SET clock_offset = '0', renewed_at = NULL, renewed_lease = NULL, recovery_from = '-infinity', events_until = '-infinity', events_next = 0;
            """);
    }
}
