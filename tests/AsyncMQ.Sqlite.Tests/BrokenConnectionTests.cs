using AsyncMQ.Conformance.Driving;
using static AsyncMQ.Conformance.Driving.Drafts;

namespace AsyncMQ.Sqlite.Tests;

/// <summary>A writing connection that broke is opened again by itself: a process that only waits hears of the others all the same.</summary>
public class BrokenConnectionTests
{
    [Fact]
    public async Task An_idle_process_hears_of_others_after_its_connection_broke()
    {
        string path = SqliteStores.NewPath();
        await using IJobStore idle = await SqliteStores.OpenAsync(path);
        await using IJobStore other = await SqliteStores.OpenAsync(path);
        StoreDriver driver = await StoreDriver.OpenAsync(idle), busy = await StoreDriver.OpenAsync(other);
        var heard = new SemaphoreSlim(0);
        using IDisposable watch = idle.Watch(signal =>
        {
            if (signal.Kind == StoreSignalKind.Changed)
                heard.Release();
        });
        LayoutTests.Execute(path, "ALTER TABLE tombstone RENAME TO mislaid");
        await Assert.ThrowsAsync<StoreException>(() => driver.Maintain());
        while (heard.Wait(0, TestContext.Current.CancellationToken))
        {
        }

        LayoutTests.Execute(path, "ALTER TABLE mislaid RENAME TO tombstone");

        Assert.True(await heard.WaitAsync(TimeSpan.FromSeconds(30)), "It did not open its connection again.");
        await busy.Add(Job("a"));

        Assert.True(await heard.WaitAsync(TimeSpan.FromSeconds(30)), "It did not hear of the other process.");
        Assert.Equal(1, await driver.Count(JobState.Waiting));
    }

    [Fact]
    public async Task What_others_did_while_it_was_broken_is_told_by_the_step_that_opens_it_again()
    {
        string path = SqliteStores.NewPath();
        await using var broken = new SqliteJobStore(SqliteStores.Options(path) with { PollInterval = 1.Hours() }, TimeProvider.System);
        await broken.StartAsync(default);
        await using IJobStore other = await SqliteStores.OpenAsync(path);
        StoreDriver driver = await StoreDriver.OpenAsync(broken), busy = await StoreDriver.OpenAsync(other);
        LayoutTests.Execute(path, "ALTER TABLE tombstone RENAME TO mislaid");
        await Assert.ThrowsAsync<StoreException>(() => driver.Maintain());
        LayoutTests.Execute(path, "ALTER TABLE mislaid RENAME TO tombstone");
        await busy.Add(Job("a"));
        var heard = new SemaphoreSlim(0);
        using IDisposable watch = broken.Watch(signal =>
        {
            if (signal.Kind == StoreSignalKind.Changed)
                heard.Release();
        });

        await driver.Recover();

        Assert.True(await heard.WaitAsync(TimeSpan.FromSeconds(30)), "What the other process did was not told.");
    }
}
