using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace AsyncMQ.Faults.Kit;

/// <summary>Tables of a user's in the store's own database: who ordered what, and what was shipped, each as often as it happened.</summary>
internal static class ShopDatabase
{
    /// <summary>A connection to the database of a store, told as on a command line.</summary>
    public static async Task<DbConnection> ConnectAsync(string store)
    {
        DbConnection connection = StoreChoice.PostgresOf(store) is { } postgres
            ? new NpgsqlConnection(postgres)
            : new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = store, DefaultTimeout = 60 }.ToString());
        await connection.OpenAsync();
        return connection;
    }

    public static async Task CreateAsync(string store)
    {
        await using DbConnection connection = await ConnectAsync(store);
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = "CREATE TABLE purchase (id text NOT NULL); CREATE TABLE shipment (id text NOT NULL)";
        await command.ExecuteNonQueryAsync();
    }

    public static async Task InsertAsync(DbTransaction transaction, string table, string id)
    {
        await using DbCommand command = CommandOf(transaction, $"INSERT INTO {table} (id) VALUES (@id)", id);
        await command.ExecuteNonQueryAsync();
    }

    public static async Task<bool> HasAsync(DbTransaction transaction, string table, string id)
    {
        await using DbCommand command = CommandOf(transaction, $"SELECT count(*) FROM {table} WHERE id = @id", id);
        return (long)(await command.ExecuteScalarAsync())! > 0;
    }

    /// <summary>What is in a table, each as often as it is there.</summary>
    public static async Task<List<string>> ReadAsync(string store, string table)
    {
        await using DbConnection connection = await ConnectAsync(store);
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = $"SELECT id FROM {table}";
        await using DbDataReader reader = await command.ExecuteReaderAsync();
        List<string> ids = [];
        while (await reader.ReadAsync())
            ids.Add(reader.GetString(0));
        return ids;
    }

    private static DbCommand CommandOf(DbTransaction transaction, string sql, string id)
    {
        DbCommand command = transaction.Connection!.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        DbParameter parameter = command.CreateParameter();
        parameter.ParameterName = "id";
        parameter.Value = id;
        command.Parameters.Add(parameter);
        return command;
    }
}
