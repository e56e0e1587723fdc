using AsyncMQ.Conformance.Driving;
using AsyncMQ.Conformance.Working;
using Microsoft.Data.Sqlite;
using static AsyncMQ.Conformance.Driving.Drafts;

namespace AsyncMQ.Sqlite.Tests;

/// <summary>Garbage in any one column of one job's record, put there by hand: that job may fail or be lost to sight, the others go on.</summary>
public class GarbledJobTests(ITestOutputHelper output)
{
    private static readonly string[] Numbers = ["-1", "4711", "9223372036854775807", "-9223372036854775808", "NULL"];
    private static readonly string[] Texts = ["''", "CAST(x'FF00FE41' AS TEXT)", "NULL"];
    private static readonly string[] Blobs = ["x''", "x'00FF'", "x'01FFFFFFFFFFFFFFFFFFFF'", "NULL"];
    private static readonly string[] Anything = ["'garbage'", "4711", "-1", "1.5", "x'00FF'", "NULL"];

    [Fact]
    public Task A_waiting_job_that_is_garbled_does_not_hold_up_the_others() => EachGarbage(async (garble, cancellationToken) =>
    {
        await using Installation at = await Installation.MakeAsync();
        await at.AddAsync("a", "b", "c");
        garble(at.Path);

        await at.Mq.StartAsync(cancellationToken);
        await at.OthersEndAsync("a", "c");
    });

    [Fact]
    public Task A_delayed_job_that_is_garbled_does_not_hold_up_the_others() => EachGarbage(async (garble, cancellationToken) =>
    {
        await using Installation at = await Installation.MakeAsync();
        await at.AddAsync(TimeSpan.FromMilliseconds(50), "a", "b", "c");
        garble(at.Path);

        await at.Mq.StartAsync(cancellationToken);
        await at.OthersEndAsync("a", "c");
    });

    [Fact]
    public Task A_running_job_that_is_garbled_does_not_hold_up_the_others() => EachGarbage(async (garble, cancellationToken) =>
    {
        await using Installation at = await Installation.MakeAsync();
        await at.AddAsync("a", "b", "c");
        at.HoldsThem = true;
        await at.Mq.StartAsync(cancellationToken);
        await Hosts.Until(() => at.Gate.Entered == 3);
        garble(at.Path);

        at.Gate.Open();
        await at.OthersEndAsync("a", "c");
    });

    [Fact]
    public Task A_job_of_a_dead_worker_that_is_garbled_does_not_hold_up_the_others() => EachGarbage(async (garble, cancellationToken) =>
    {
        await using Installation at = await Installation.MakeAsync();
        await at.AddAsync("a", "b", "c");
        Worker doomed = await at.Driver.OpenWorker("doomed");
        Worker witness = await at.Driver.OpenWorker("witness");
        Assert.Equal(3, (await doomed.Claim(3)).Count);
        garble(at.Path);
        await at.Driver.Pass(16.Seconds(), witness);

        await at.Driver.Recover();
        await at.Mq.StartAsync(cancellationToken);
        await at.OthersEndAsync("a", "c");
    });

    [Fact]
    public Task An_ended_job_that_is_garbled_does_not_keep_the_others_from_being_seen_and_tidied_up() => EachGarbage(async (garble, cancellationToken) =>
    {
        await using Installation at = await Installation.MakeAsync();
        await at.Mq.StartAsync(cancellationToken);
        await at.AddAsync("a", "b", "c");
        await at.OthersEndAsync("a", "b", "c");
        garble(at.Path);

        await at.OthersEndAsync("a", "c");
        for (int i = 0; i < 3; i++)
            await at.Driver.Maintain(new() { Count = 0, FailedCount = 0 });
        Assert.Null(await at.Driver.Find("a"));
        Assert.Null(await at.Driver.Find("c"));
    });

    [Fact]
    public Task A_deduplication_record_that_is_garbled_does_not_hold_up_other_jobs() => EachGarbage(async (garble, cancellationToken) =>
    {
        await using Installation at = await Installation.MakeAsync();
        at.HoldsThem = true;
        await at.AddAsync("a", "c");
        await at.Mq.StartAsync(cancellationToken);
        await at.AddKeepingAsync("owner");
        await Hosts.Until(() => at.Gate.Entered == 3);
        await at.AddKeepingAsync("kept");
        garble(at.Path);

        at.Gate.Open();
        await at.OthersEndAsync("a", "c");
        await Record.ExceptionAsync(() => at.AddKeepingAsync("another").WaitAsync(TimeSpan.FromMilliseconds(500), cancellationToken));
        await at.OthersEndAsync("a", "c");
    }, "dedup");

    private async Task EachGarbage(Func<Action<string>, CancellationToken, Task> body, string table = "job")
    {
        List<(string Column, string Value)> all = [.. await EveryGarbage(table)];
        List<string> faults = [];
        var options = new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = TestContext.Current.CancellationToken };
        await Parallel.ForEachAsync(all, options, async (garbage, cancellationToken) =>
        {
            try
            {
                string damage = $"UPDATE {table} SET {garbage.Column} = {garbage.Value} WHERE id IN ('b', 'd')";
                await body(path => LayoutTests.Execute(path, damage), cancellationToken);
            }
            catch (Exception fault)
            {
                lock (faults)
                    faults.Add($"{garbage.Column} = {garbage.Value}: {fault.GetType().Name} {fault.Message}");
            }
        });

        output.WriteLine($"{all.Count} kinds of garbage.");
        Assert.True(faults.Count == 0, string.Join(Environment.NewLine, faults.Order(StringComparer.Ordinal)));
    }

    /// <summary>Every column with every value that the table takes there.</summary>
    private static async Task<IEnumerable<(string Column, string Value)>> EveryGarbage(string table)
    {
        string path = SqliteStores.NewPath();
        await (await SqliteStores.OpenAsync(path)).DisposeAsync();
        List<(string, string)> all = [];
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using SqliteCommand columns = connection.CreateCommand();
        columns.CommandText = "SELECT name, type, \"notnull\" FROM pragma_table_info($table)";
        columns.Parameters.AddWithValue("$table", table);
        using SqliteDataReader rows = columns.ExecuteReader();
        while (rows.Read())
        {
            string[] values = rows.GetString(1) switch { "INTEGER" => Numbers, "TEXT" => Texts, "BLOB" => Blobs, _ => Anything };
            bool takesNull = rows.GetInt64(2) == 0 && rows.GetString(0) is not ("handle" or "key");
            all.AddRange(values.Where(value => takesNull || value != "NULL").Select(value => (rows.GetString(0), value)));
        }

        return all;
    }

    /// <summary>A client and a worker on a file of their own.</summary>
    private sealed class Installation : IAsyncDisposable
    {
        private readonly IJobStore store;
        private int later;

        private Installation(IJobStore store, StoreDriver driver, string path)
        {
            (this.store, Driver, Path) = (store, driver, path);
            Mq = driver.Host(mq => mq
                .Configure(options => options.Retention = RetentionPolicy.Forever)
                .AddHandler("work", (_, token) => HoldsThem ? Gate.Pass(token) : Task.CompletedTask)
                .AddWorker(DefaultQueue, worker => worker.PollInterval = TimeSpan.FromMilliseconds(50)));
        }

        public StoreDriver Driver { get; }

        public string Path { get; }

        public AsyncMQHost Mq { get; }

        public Gate Gate { get; } = new();

        public bool HoldsThem { get; set; }

        public static async Task<Installation> MakeAsync()
        {
            string path = SqliteStores.NewPath();
            IJobStore store = await SqliteStores.OpenAsync(path);
            return new(store, await StoreDriver.OpenAsync(store), path);
        }

        public Task AddAsync(params string[] ids) => AddAsync(TimeSpan.Zero, ids);

        public async Task AddAsync(TimeSpan delay, params string[] ids)
        {
            foreach (string id in ids)
                await Mq.Client.AddAsync("work", [id], new() { JobId = id, Delay = delay });
        }

        public Task<JobHandle> AddKeepingAsync(string id) =>
            Mq.Client.AddAsync("work", [id], new() { JobId = id, Deduplication = new("d") { KeepLastIfActive = true } });

        /// <summary>These and one added now complete, and can be seen.</summary>
        public async Task OthersEndAsync(params string[] ids)
        {
            string added = $"later-{later++}";
            await AddAsync(added);
            foreach (string id in (string[])[.. ids, added])
                await Driver.Until(new JobRef(DefaultQueue, id), JobState.Completed).WaitAsync(TimeSpan.FromSeconds(10));
            Assert.Superset(ids.ToHashSet(), (await Mq.Ids(JobState.Completed)).ToHashSet());
            await Mq.Queue().GetStatsAsync();
        }

        public async ValueTask DisposeAsync()
        {
            Gate.Open();
            await Mq.DisposeAsync();
            await store.DisposeAsync();
        }
    }
}
