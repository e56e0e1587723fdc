using Microsoft.Data.Sqlite;

namespace AsyncMQ.Faults.Kit;

/// <summary>Looks at the store's file past the store.</summary>
internal static class StoreFile
{
    /// <summary>SQLite's own check of the whole file.</summary>
    public static IEnumerable<string> Check(string path)
    {
        using SqliteConnection connection = Open(path);
        using SqliteCommand check = connection.CreateCommand();
        check.CommandText = "PRAGMA integrity_check";
        return check.ExecuteScalar() is "ok" ? [] : ["SQLite's integrity check failed."];
    }

    /// <summary>True when nobody holds the file's one lock for writing.</summary>
    public static bool CanWrite(string path)
    {
        using SqliteConnection connection = Open(path);
        using SqliteCommand begin = connection.CreateCommand();
        begin.CommandText = "BEGIN IMMEDIATE; ROLLBACK;";
        try
        {
            begin.ExecuteNonQuery();
            return true;
        }
        catch (SqliteException fault) when (fault.SqliteErrorCode == 5)
        {
            return false;
        }
    }

    private static SqliteConnection Open(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 1 }.ToString());
        connection.Open();
        return connection;
    }
}
