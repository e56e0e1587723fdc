using AsyncMQ.Sqlite;

namespace AsyncMQ.Bench.Stores;

/// <summary>The SQLite store, its file in a folder of its own under the system's temporary one.</summary>
internal sealed class SqliteStore(string synchronous) : IMeasuredStore
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("asyncmq-bench-");

    public long FileBytes => folder.EnumerateFiles().Sum(file => file.Length);

    public IReadOnlyList<string> WorkerArguments => ["sqlite", "--work-on", File, "--synchronous", synchronous];

    private string File => Path.Combine(folder.FullName, "jobs.db");

    public static void Use(AsyncMQBuilder mq, string file, string synchronous) =>
        mq.UseSqlite(file, options => options.Synchronous = synchronous == "full" ? SqliteSynchronous.Full : SqliteSynchronous.Normal);

    public void Use(AsyncMQBuilder mq) => Use(mq, File, synchronous);

    public void Dispose() => folder.Delete(recursive: true);
}
