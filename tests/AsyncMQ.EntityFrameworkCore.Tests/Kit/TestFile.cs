using Microsoft.Data.Sqlite;

namespace AsyncMQ.EntityFrameworkCore.Tests.Kit;

/// <summary>An SQLite file in a folder of its own.</summary>
public sealed class TestFile : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("asyncmq-ef-").FullName;

    public string Path => System.IO.Path.Combine(folder, "shop.db");

    public string Connection => $"Data Source={Path}";

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }
}
