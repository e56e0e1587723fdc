using Npgsql;

namespace AsyncMQ.Postgres.Tests.Faults;

/// <summary>Another session that holds an installation's lock until it is disposed of: no step gets on meanwhile.</summary>
internal sealed class HeldInstallation : IAsyncDisposable
{
    private readonly NpgsqlConnection connection;

    private HeldInstallation(NpgsqlConnection connection) => this.connection = connection;

    public static async Task<HeldInstallation> HoldAsync(RunningServer server, string schema)
    {
        NpgsqlConnection connection = new(server.ConnectionString() + ";Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using NpgsqlCommand command = new($"SELECT pg_advisory_lock((1098075473::bigint << 32) | '{schema}.meta'::regclass::oid::bigint)", connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        return new(connection);
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
