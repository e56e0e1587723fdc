using System.Text;
using Npgsql;

namespace AsyncMQ.Postgres.Connecting;

/// <summary>Values of a row that may be NULL, and text that functions give as bytes because it may have any character.</summary>
internal static class Rows
{
    public static string? OptionalText(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    public static DateTimeOffset? OptionalTime(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetDateTime(column);

    public static TimeSpan? OptionalSpan(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetTimeSpan(column);

    public static int? OptionalInt(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt32(column);

    public static ReadOnlyMemory<byte> OptionalBytes(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? default : row.GetFieldValue<byte[]>(column);

    public static string AnyText(this NpgsqlDataReader row, int column) => Encoding.UTF8.GetString(row.GetFieldValue<byte[]>(column));

    public static string? OptionalAnyText(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.AnyText(column);
}
