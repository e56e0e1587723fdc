using System.Data.Common;
using AsyncMQ.Conformance.Driving;
using Microsoft.Data.Sqlite;
using static AsyncMQ.Conformance.Driving.Drafts;

namespace AsyncMQ.Sqlite.Tests;

/// <summary>The store in a file that has the application's own tables, too.</summary>
public class SharesFileTests
{
    [Fact]
    public async Task A_file_with_tables_of_the_application_gets_those_of_the_store()
    {
        string path = SqliteStores.NewPath();
        LayoutTests.Execute(path, "PRAGMA application_id = 7; CREATE TABLE orders (id INTEGER PRIMARY KEY, total REAL); INSERT INTO orders VALUES (1, 9.5)");
        Assert.Equal("delete", LayoutTests.Ask(path, "PRAGMA journal_mode"));

        await using (IJobStore store = await OpenAsync(path))
        {
            await CommitsTogether(store, path);
            Assert.Equal(7L, LayoutTests.Ask(path, "PRAGMA application_id"));
            Assert.Equal("wal", LayoutTests.Ask(path, "PRAGMA journal_mode"));
        }

        await using IJobStore again = await OpenAsync(path);
        Assert.Equal(1, (await again.CountAsync(DefaultQueue, default)).ByState[(int)JobState.Completed]);
        Assert.Equal(9.5, LayoutTests.Ask(path, "SELECT total FROM orders WHERE id = 1"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_file_that_the_store_made_can_get_tables_of_the_application(bool sharesFile)
    {
        string path = SqliteStores.NewPath();
        await using (await OpenAsync(path, sharesFile))
            LayoutTests.Execute(path, "CREATE TABLE orders (id INTEGER PRIMARY KEY, total REAL)");

        await using IJobStore store = await OpenAsync(path, sharesFile);
        await CommitsTogether(store, path);
    }

    [Fact]
    public async Task A_file_that_the_store_made_for_itself_can_be_shared_later()
    {
        string path = SqliteStores.NewPath();
        await using (await OpenAsync(path, sharesFile: false))
            LayoutTests.Execute(path, "CREATE TABLE orders (id INTEGER PRIMARY KEY, total REAL)");

        await using IJobStore store = await OpenAsync(path);
        await CommitsTogether(store, path);
    }

    [Theory]
    [InlineData("CREATE TABLE Session (id INTEGER)", "table 'session'")]
    [InlineData("CREATE TABLE t (id INTEGER); CREATE VIEW job AS SELECT 1", "view 'job'")]
    [InlineData("CREATE TABLE t (id INTEGER); CREATE INDEX job_ready ON t (id)", "index 'job_ready'")]
    [InlineData("CREATE TABLE meta (layout_major INTEGER)", "table 'meta'")]
    [InlineData("CREATE TABLE job_inbox (id INTEGER)", "table 'job_inbox'")]
    public async Task A_name_that_is_taken_is_told_and_nothing_is_changed(string sql, string named)
    {
        string path = SqliteStores.NewPath();
        LayoutTests.Execute(path, sql);
        byte[] before = await File.ReadAllBytesAsync(path);

        StoreRejectedException error = await Assert.ThrowsAsync<StoreRejectedException>(() => OpenAsync(path));

        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(path));
    }

    [Fact]
    public async Task A_name_that_an_upgrade_needs_and_the_application_has_is_told()
    {
        string path = SqliteStores.NewPath();
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Kept", "layout-1.4.db"), path);
        LayoutTests.Execute(path, "CREATE TABLE job_inbox (id INTEGER)");

        StoreRejectedException error = await Assert.ThrowsAsync<StoreRejectedException>(() => OpenAsync(path));

        Assert.Contains("table 'job_inbox'", error.Message, StringComparison.Ordinal);
        Assert.Equal(4L, LayoutTests.Ask(path, "SELECT layout_minor FROM meta"));
    }

    [Fact]
    public async Task A_process_that_does_not_know_of_the_sharing_is_told_of_it()
    {
        string path = SqliteStores.NewPath();
        LayoutTests.Execute(path, "CREATE TABLE orders (id INTEGER)");
        await (await OpenAsync(path)).DisposeAsync();

        StoreRejectedException error = await Assert.ThrowsAsync<StoreRejectedException>(() => OpenAsync(path, sharesFile: false));

        Assert.Contains(nameof(SqliteStoreOptions.SharesFile), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_may_start_at_once_on_a_file_of_the_application()
    {
        string path = SqliteStores.NewPath();
        LayoutTests.Execute(path, "CREATE TABLE orders (id INTEGER)");

        IJobStore[] stores = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => OpenAsync(path))));

        Assert.Empty(await stores[0].AuditAsync(default));
        foreach (IJobStore store in stores)
            await store.DisposeAsync();
    }

    private static Task<IJobStore> OpenAsync(string path) => OpenAsync(path, sharesFile: true);

    private static async Task<IJobStore> OpenAsync(string path, bool sharesFile)
    {
        SqliteStoreOptions options = SqliteStores.Options(path);
        options.SharesFile = sharesFile;
        var store = new SqliteJobStore(options, TimeProvider.System);
        await store.StartAsync(default);
        return store;
    }

    /// <summary>An order and its job commit, and are rolled back, as one; and so do the job's end and what it writes.</summary>
    private static async Task CommitsTogether(IJobStore store, string path)
    {
        var transactional = (ITransactionalStore)store;
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        Worker worker = await driver.OpenWorker();
        await using SqliteConnection connection = await SqliteStores.ConnectAsync(path);
        foreach (bool commits in (bool[])[false, true])
        {
            await using SqliteTransaction transaction = connection.BeginTransaction();
            await Execute(transaction, "INSERT INTO orders VALUES (2, 1)");
            await transactional.DeferAsync(transaction, new AddGroup([Job($"order-{commits}")]), default);
            if (commits)
                await transaction.CommitAsync();
        }

        ClaimedJob job = Assert.Single(await worker.Claim(5));
        Assert.Equal("order-True", job.Ref.Id);
        await using (SqliteTransaction transaction = connection.BeginTransaction())
        {
            await Execute(transaction, "UPDATE orders SET total = 2 WHERE id = 2");
            Assert.Equal(CompletionOutcome.Written, await transactional.CompleteAsync(transaction, new(job.Ref, job.Handle, job.Token, default), default));
            await transaction.CommitAsync();
        }

        await worker.Close();
        Assert.Equal(JobState.Completed, await driver.StateOf("order-True"));
        Assert.Equal(2.0, LayoutTests.Ask(path, "SELECT total FROM orders WHERE id = 2"));
        Assert.Empty(await store.AuditAsync(default));
    }

    private static async Task Execute(DbTransaction transaction, string sql)
    {
        await using DbCommand command = transaction.Connection!.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}
