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

    private static string PathOf(IJobStore store) => store.Description["SQLite ".Length..];
}
