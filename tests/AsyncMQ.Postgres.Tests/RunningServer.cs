using Npgsql;

namespace AsyncMQ.Postgres.Tests;

/// <summary>A running server.</summary>
internal sealed class RunningServer(int port)
{
    public int Port => port;

    /// <summary>Connections to it as its owner, or as another role; or by another way that ends there.</summary>
    public string ConnectionString(string role = "postgres", int? port = null) =>
        $"Host=127.0.0.1;Port={port ?? Port};Username={role};Database=postgres;Maximum Pool Size=50;Timeout=30;Command Timeout=60";

    /// <summary>Connections that the tests share.</summary>
    public NpgsqlDataSource Source => field ??= NpgsqlDataSource.Create(ConnectionString() + ";Max Auto Prepare=64;Auto Prepare Min Usages=2");

    public async Task ExecuteAsync(string sql)
    {
        await using NpgsqlCommand command = Source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<T> QueryAsync<T>(string sql)
    {
        await using NpgsqlCommand command = Source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async Task UntilItAnswersAsync()
    {
        for (int tries = 0; ; tries++)
        {
            try
            {
                await ExecuteAsync("SELECT 1");
                return;
            }
            catch (NpgsqlException) when (tries < 500)
            {
                await Task.Delay(20);
            }
        }
    }
}
