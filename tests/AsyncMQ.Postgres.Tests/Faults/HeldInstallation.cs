using Npgsql;

namespace AsyncMQ.Postgres.Tests.Faults;

/// <summary>Another session that holds an installation's lock until it is disposed of: no step gets on meanwhile.</summary>
internal sealed class HeldInstallation : IAsyncDisposable
{
    private readonly NpgsqlConnection connection;

    private HeldInstallation(NpgsqlConnection connection) => this.connection = connection;

    public static Task<HeldInstallation> HoldAsync(RunningServer server, string schema) =>
        HoldByAsync(server, $"(1098075473::bigint << 32) | '{schema}.meta'::regclass::oid::bigint");

    /// <summary>Holds the lock of those who make the tables.</summary>
    public static Task<HeldInstallation> HoldMakingAsync(RunningServer server, string schema) => HoldByAsync(server, $"hashtextextended('asyncmq {schema}', 0)");

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    private static async Task<HeldInstallation> HoldByAsync(RunningServer server, string key)
    {
        NpgsqlConnection connection = new(server.ConnectionString() + ";Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using NpgsqlCommand command = new($"SELECT pg_advisory_lock({key})", connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        return new(connection);
    }
}
