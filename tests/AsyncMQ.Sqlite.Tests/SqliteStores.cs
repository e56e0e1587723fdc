using AsyncMQ.Conformance;

namespace AsyncMQ.Sqlite.Tests;

/// <summary>Stores in files of their own under the temporary directory; a file goes when its store is disposed for good.</summary>
internal sealed class SqliteStores : IStoreFixture
{
    private static readonly string Root = Directory.CreateTempSubdirectory("asyncmq-sqlite-").FullName;

    static SqliteStores() => AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(Root, recursive: true);

    public static string NewPath() => Path.Combine(Root, Guid.NewGuid().ToString("N") + ".db");

    public static SqliteStoreOptions Options(string path) => new() { Path = path, Synchronous = SqliteSynchronous.Normal };

    public Task<IJobStore> CreateAsync() => OpenAsync(NewPath());

    public async Task<IJobStore?> ReopenAsync(IJobStore store)
    {
        await store.DisposeAsync();
        return await OpenAsync(store.Description["SQLite ".Length..]);
    }

    public static async Task<IJobStore> OpenAsync(string path)
    {
        var store = new SqliteJobStore(Options(path), TimeProvider.System);
        await store.StartAsync(CancellationToken.None);
        return store;
    }
}
