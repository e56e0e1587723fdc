using AsyncMQ.Conformance.Driving;
using AsyncMQ.Conformance.Working;
using static AsyncMQ.Conformance.Driving.Drafts;

namespace AsyncMQ.Sqlite.Tests;

/// <summary>Workers seen and made quiet from another process: two stores on one file.</summary>
public class SharedWorkersTests
{
    [Fact]
    public async Task A_worker_of_another_process_is_seen_and_claims_nothing_from_the_moment_it_was_made_quiet()
    {
        await using IJobStore one = await SqliteStores.OpenAsync(SqliteStores.NewPath());
        await using IJobStore two = await SqliteStores.OpenAsync(PathOf(one));
        StoreDriver driver = await StoreDriver.OpenAsync(one), other = await StoreDriver.OpenAsync(two);
        Worker worker = await driver.OpenWorker();
        await driver.Add(Job("a"));

        Assert.Equal(worker.Id, (await other.WorkerSession()).Info.Id);
        Assert.True(await other.Quiet(worker.Id));

        Assert.Empty(await worker.Claim(1));
        Assert.True(worker.Renew().IsQuiet);
        await other.Quiet(worker.Id, quiet: false);
        Assert.Equal("a", (await worker.ClaimOne()).Ref.Id);
    }

    [Fact]
    public async Task A_host_of_another_process_is_made_quiet_and_resumed()
    {
        await using IJobStore one = await SqliteStores.OpenAsync(SqliteStores.NewPath());
        await using IJobStore two = await SqliteStores.OpenAsync(PathOf(one));
        var ran = new Ledger();
        await using AsyncMQHost worker = await (await StoreDriver.OpenAsync(one)).Start(mq => mq
            .Configure(options => options.Lease = TimeSpan.FromSeconds(1))
            .AddHandler("work", ran.Note)
            .AddSleepyWorker());
        StoreDriver driver = await StoreDriver.OpenAsync(two);
        await using AsyncMQHost other = driver.Host();
        string id = Assert.Single(await other.Client.GetWorkersAsync()).Id;

        await other.Client.QuietWorkerAsync(id);
        await other.AddMany(3);
        DateTimeOffset told = await driver.Now();
        await Clients.Until(async () => (await driver.WorkerSession()).RenewedAt > told);
        Assert.Equal((0, 3), (ran.Count, await other.Count()));
        await other.Client.ResumeWorkerAsync(id);

        await driver.Until(3, JobState.Completed);
    }

    [Fact]
    public async Task A_session_of_an_earlier_minor_is_seen_and_not_made_quiet_because_it_would_not_heed_it()
    {
        await using IJobStore store = await SqliteStores.OpenAsync(SqliteStores.NewPath());
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        Worker worker = await driver.OpenWorker("box:7");
        LayoutTests.Execute(PathOf(store), "UPDATE session SET quiet = NULL, host = NULL, process = NULL, version = NULL, concurrency = NULL");

        SessionRecord seen = await driver.WorkerSession();
        Assert.Equal(("box:7", "", 0, "", 0, false), (seen.Info.Name, seen.Info.Host, seen.Info.ProcessId, seen.Info.Version, seen.Info.Concurrency, seen.IsQuiet));
        var refused = await Assert.ThrowsAsync<StoreRejectedException>(() => driver.Quiet(worker.Id));
        Assert.Contains("box:7", refused.Message, StringComparison.Ordinal);
        Assert.False(worker.Renew().IsQuiet);
    }

    [Fact]
    public async Task Figures_of_two_processes_add_up_and_are_read_from_either()
    {
        await using IJobStore one = await SqliteStores.OpenAsync(SqliteStores.NewPath());
        await using IJobStore two = await SqliteStores.OpenAsync(PathOf(one));
        StoreDriver driver = await StoreDriver.OpenAsync(one), other = await StoreDriver.OpenAsync(two);
        await driver.Add(Job("a"));
        for (int i = 0; i < 20; i++)
            await Task.WhenAll(driver.Record(Figures(1)), other.Record(Figures(2)));

        foreach (StoreDriver either in (StoreDriver[])[driver, other])
        {
            Assert.Equal(60, (await either.Metrics()).Sum(bucket => bucket.Figures.Completed));
            Assert.Equal(40, (await either.Metrics(MetricResolution.Hour)).Sum(bucket => bucket.Figures.Ran.Total));
        }
    }

    [Fact]
    public async Task Damaged_figures_tell_what_makes_sense_and_take_more()
    {
        await using IJobStore store = await SqliteStores.OpenAsync(SqliteStores.NewPath());
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        await driver.Add(Job("a"));
        foreach (string damage in (string[])["x''", "x'FF'", "x'07000000'", "x'FFFFFFFFFFFFFFFFFFFFFFFFFFFF'", "x'0700000003FFFF'"])
        {
            await driver.Record(Figures(1));
            LayoutTests.Execute(PathOf(store), $"UPDATE metric SET figures = {damage}");
            await driver.Metrics();
        }

        LayoutTests.Execute(PathOf(store), "UPDATE metric SET figures = x'07000000'");
        Assert.All(await driver.Metrics(), bucket => Assert.Equal(7, bucket.Figures.Completed));
        await driver.Record(Figures(1));
        Assert.Contains(await driver.Metrics(), bucket => bucket.Figures is { Completed: 1 or 8, Ran.Total: 1 });
        Assert.Empty(await store.AuditAsync(default));
    }

    private static NamedFigures Figures(int completed) =>
        new("default", "work", new() { Completed = completed, Ran = Histogram.Of([new HistogramCount(100, 1)]) });

    private static string PathOf(IJobStore store) => store.Description["SQLite ".Length..];
}
