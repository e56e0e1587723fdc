using AsyncMQ.Conformance.Driving;
using Microsoft.Data.Sqlite;

namespace AsyncMQ.Sqlite.Tests;

public class LayoutTests
{
    [Fact]
    public async Task A_database_of_another_program_is_refused_and_left_as_it_is()
    {
        string path = SqliteStores.NewPath();
        Execute(path, "CREATE TABLE job (id TEXT); INSERT INTO job VALUES ('theirs')");
        byte[] before = await File.ReadAllBytesAsync(path);

        StoreRejectedException error = await Assert.ThrowsAsync<StoreRejectedException>(() => SqliteStores.OpenAsync(path));

        Assert.Contains(path, error.Message);
        Assert.Contains("'job'", error.Message);
        Assert.Equal(before, await File.ReadAllBytesAsync(path));
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused_and_left_as_it_is()
    {
        string path = SqliteStores.NewPath();
        await File.WriteAllTextAsync(path, new string('x', 10_000));

        StoreRejectedException error = await Assert.ThrowsAsync<StoreRejectedException>(() => SqliteStores.OpenAsync(path));

        Assert.Contains("not an SQLite database", error.Message);
        Assert.Equal(new string('x', 10_000), await File.ReadAllTextAsync(path));
    }

    [Fact]
    public async Task A_newer_major_layout_is_refused_and_a_newer_minor_one_is_not()
    {
        string path = SqliteStores.NewPath();
        await (await SqliteStores.OpenAsync(path)).DisposeAsync();

        Execute(path, "UPDATE meta SET layout_minor = 7");
        await (await SqliteStores.OpenAsync(path)).DisposeAsync();

        Execute(path, "UPDATE meta SET layout_major = 2");
        StoreRejectedException error = await Assert.ThrowsAsync<StoreRejectedException>(() => SqliteStores.OpenAsync(path));
        Assert.Contains("2.7", error.Message);
    }

    [Fact]
    public async Task A_file_of_an_earlier_minor_gets_what_it_lacks_once()
    {
        string path = SqliteStores.NewPath();
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Kept", "layout-1.0.db"), path);

        IJobStore[] stores = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => SqliteStores.OpenAsync(path))));

        foreach (IJobStore store in stores)
        {
            Assert.Equal(default, (await store.CountAsync("default", default)).Rates);
            await store.DisposeAsync();
        }

        Assert.Equal("1.5", Ask(path, "SELECT layout_major || '.' || layout_minor FROM meta"));
    }

    [Fact]
    public async Task A_damaged_tally_of_rates_begins_anew()
    {
        string path = SqliteStores.NewPath();
        await using (IJobStore made = await SqliteStores.OpenAsync(path))
            await (await StoreDriver.OpenAsync(made)).Add(Drafts.Job("a"));
        Execute(path, "UPDATE queue SET recent_ends = x'FFFFFF'");

        await using IJobStore store = await SqliteStores.OpenAsync(path);
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        Assert.Equal(default, (await driver.Counts()).Rates);
        Worker worker = await driver.OpenWorker();
        await worker.Complete(await worker.ClaimOne());
        Assert.Equal(0.2, (await driver.Counts()).Rates.CompletedPerMinute);
    }

    [Fact]
    public async Task A_directory_that_is_a_file_is_refused()
    {
        string path = SqliteStores.NewPath();
        await File.WriteAllTextAsync(path, "");

        await Assert.ThrowsAsync<StoreRejectedException>(() => SqliteStores.OpenAsync(Path.Combine(path, "jobs.db")));
    }

    [Fact]
    public async Task A_file_that_is_a_directory_is_refused()
    {
        string path = Directory.CreateDirectory(SqliteStores.NewPath()).FullName;

        StoreRejectedException error = await Assert.ThrowsAsync<StoreRejectedException>(() => SqliteStores.OpenAsync(path));

        Assert.Contains(Path.Combine(path, "jobs.db"), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_may_start_at_once_on_a_file_that_is_not_there()
    {
        for (int round = 0; round < 5; round++)
        {
            string path = Path.Combine(SqliteStores.NewPath(), "deep", "jobs.db");
            IJobStore[] stores = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => SqliteStores.OpenAsync(path))));

            Assert.Empty(await stores[0].AuditAsync(default));
            foreach (IJobStore store in stores)
                await store.DisposeAsync();
        }
    }

    internal static void Execute(string path, string sql) => Ask(path, sql);

    internal static object? Ask(string path, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
