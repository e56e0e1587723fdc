using AsyncMQ.Conformance.Driving;
using static AsyncMQ.Conformance.Driving.Drafts;

namespace AsyncMQ.Sqlite.Tests;

/// <summary>Events of one file that several processes use.</summary>
public class SharedEventsTests
{
    [Fact]
    public async Task What_one_process_does_is_heard_in_another()
    {
        await using IJobStore one = await SqliteStores.OpenAsync(SqliteStores.NewPath());
        await using IJobStore other = await SqliteStores.OpenAsync(PathOf(one));
        StoreDriver driver = await StoreDriver.OpenAsync(one);
        await driver.Add(Job("before"));
        using var ears = new Ears(other);
        Listener listener = await Listener.OpenAsync(other);

        await driver.Bring("a", JobState.Completed, Job("a").WithPriority(1));

        await ears.Hears(signal => signal.Kind == StoreSignalKind.Changed);
        Assert.Equal(["Added a Waiting", "WorkerUp bringer", "Started a", "Completed a"], await listener.Words());
    }

    [Fact]
    public async Task Processes_write_one_journal_in_the_order_of_their_commits()
    {
        const int each = 200;
        await using IJobStore one = await SqliteStores.OpenAsync(SqliteStores.NewPath());
        await using IJobStore other = await SqliteStores.OpenAsync(PathOf(one));
        Listener listener = await Listener.OpenAsync(one);

        await Task.WhenAll(new[] { (one, "one"), (other, "other") }.Select(pair => Task.Run(async () =>
        {
            StoreDriver driver = await StoreDriver.OpenAsync(pair.Item1);
            for (int i = 0; i < each; i++)
                await driver.Add(Job($"{pair.Item2}-{i}"));
        })));

        IReadOnlyList<StoreEvent> events = await listener.Read(take: 7);
        Assert.Equal(2 * each, events.Count);
        Assert.Equal(
            Enumerable.Range(0, each).Select(i => $"one-{i}"), events.Select(e => e.Id!).Where(id => id.StartsWith("one", StringComparison.Ordinal)));
        Assert.Equal(
            (await one.PageAsync(new() { Queue = DefaultQueue, State = JobState.Waiting, Take = 1_000 }, default)).Jobs.Ids(), events.Select(e => e.Id));
    }

    [Fact]
    public async Task A_transaction_that_is_undone_has_told_nothing()
    {
        await using IJobStore store = await SqliteStores.OpenAsync(SqliteStores.NewPath());
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        Listener listener = await Listener.OpenAsync(store);
        LayoutTests.Execute(PathOf(store), "CREATE TRIGGER no_more BEFORE INSERT ON job WHEN new.id = 'refused' BEGIN SELECT raise(ABORT, 'no'); END");

        await Assert.ThrowsAnyAsync<StoreException>(() => driver.AddBulk(Job("a"), Job("refused")));
        await driver.Add(Job("b"));

        Assert.Equal(["Added b Waiting"], await listener.Words());
    }

    [Fact]
    public async Task What_one_transaction_did_is_one_row_and_the_oldest_rows_go()
    {
        await using IJobStore store = await SqliteStores.OpenAsync(SqliteStores.NewPath());
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        Listener listener = await Listener.OpenAsync(store);
        await driver.AddBulk(Batch(Enumerable.Range(0, 1_000).Select(i => $"first-{i}")));
        Assert.Equal(1, Rows(store));

        for (int i = 0; i < 15; i++)
            await driver.AddBulk(Batch(Enumerable.Range(0, 1_000).Select(j => $"{i}-{j}")));

        Assert.InRange(Rows(store), 10, 12);
        await listener.Close();
        await driver.Maintain();
        Assert.Equal(0, Rows(store));

        static long Rows(IJobStore store) => (long)LayoutTests.Ask(PathOf(store), "SELECT count(*) FROM event_journal")!;
    }

    private static string PathOf(IJobStore store) => store.Description["SQLite ".Length..];
}
