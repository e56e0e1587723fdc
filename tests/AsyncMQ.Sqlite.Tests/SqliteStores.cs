using System.Data.Common;
using AsyncMQ.Conformance.Transactions;
using Microsoft.Data.Sqlite;

namespace AsyncMQ.Sqlite.Tests;

/// <summary>Stores in files of their own under the temporary directory; a file goes when its store is disposed for good.</summary>
internal sealed class SqliteStores : ITransactionalFixture
{
    private static readonly string Root = Directory.CreateTempSubdirectory("asyncmq-sqlite-").FullName;

    static SqliteStores() => AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(Root, recursive: true);

    /// <summary>The writer's lock is the file's.</summary>
    public bool OthersMayWrite => false;

    public static string NewPath() => Path.Combine(Root, Guid.NewGuid().ToString("N") + ".db");

    public static SqliteStoreOptions Options(string path) => new() { Path = path, Synchronous = SqliteSynchronous.Normal };

    public Task<IJobStore> CreateAsync() => OpenAsync(NewPath());

    public async Task<IJobStore?> ReopenAsync(IJobStore store)
    {
        await store.DisposeAsync();
        return await OpenAsync(PathOf(store));
    }

    public async Task<DbConnection> ConnectAsync(IJobStore store) => await ConnectAsync(PathOf(store));

    public async Task<DbConnection> ConnectElsewhereAsync(IJobStore store) => await ConnectAsync(NewPath());

    /// <summary>An open connection of the user's.</summary>
    public static async Task<SqliteConnection> ConnectAsync(string path)
    {
        var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>The file of a store.</summary>
    public static string PathOf(IJobStore store) => store.Description["SQLite ".Length..];

    public static async Task<IJobStore> OpenAsync(string path)
    {
        var store = new SqliteJobStore(Options(path), TimeProvider.System);
        await store.StartAsync(CancellationToken.None);
        return store;
    }
}
