using AsyncMQ.Postgres.Connecting;
using AsyncMQ.Postgres.Migrating;
using Npgsql;

namespace AsyncMQ.Postgres.Tending;

/// <summary>
/// Gives the space of tables that have become nearly empty back to the system, now and then: VACUUM makes it free for use again, but files do not shrink by
/// that, and indexes least of all. What is left is written anew by VACUUM FULL, which is right for every snapshot, and skips what it would have to wait for.
/// </summary>
/// <param name="steps">Finds the tables.</param>
/// <param name="connections">The database.</param>
/// <param name="schema">The installation's.</param>
/// <param name="time">When to look again.</param>
internal sealed class Repacking(StepRunner steps, PostgresConnections connections, string schema, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private const long LeastBytes = 64 << 20;

    private long? last;

    /// <summary>Looks whether there is something to do, if it is time to.</summary>
    public async ValueTask RunSometimesAsync(CancellationToken cancellationToken)
    {
        if (last is { } then && time.GetElapsedTime(then) < Interval)
            return;
        last = time.GetTimestamp();
        await RunAsync(LeastBytes, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes those tables anew that are larger than that and hold little; how many it tried.</summary>
    public async Task<int> RunAsync(long leastBytes, CancellationToken cancellationToken)
    {
        List<string> tables = await steps.LookAsync("tables_to_repack", new Arguments().Add(leastBytes), ReadNamesAsync, cancellationToken).ConfigureAwait(false);
        foreach (string table in tables)
        {
            try
            {
                NpgsqlCommand command = connections.Source.CreateCommand($"VACUUM (FULL, SKIP_LOCKED) {MigrationScript.Quote(schema)}.{MigrationScript.Quote(table)}");
                await using var disposing = command.ConfigureAwait(false);
                await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (NpgsqlException)
            {
                // It would have been nice. Who may not do it is only warned by the server; the rest are its troubles, of which the next step will tell.
            }
        }

        return tables.Count;
    }

    private static async ValueTask<List<string>> ReadNamesAsync(NpgsqlDataReader reader)
    {
        List<string> names = [];
        while (await reader.ReadAsync().ConfigureAwait(false))
            names.Add(reader.GetString(0));
        return names;
    }
}
