using AsyncMQ.Conformance.Driving;
using static AsyncMQ.Conformance.Driving.Drafts;

namespace AsyncMQ.Sqlite.Tests;

/// <summary>Schedules of one file that several processes use, some of an earlier version that knows no schedules.</summary>
public class SharedSchedulesTests
{
    [Fact]
    public async Task Of_the_schedulers_of_several_processes_one_fires_each_due_time()
    {
        const int times = 40;
        string path = SqliteStores.NewPath();
        IJobStore[] stores = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => SqliteStores.OpenAsync(path)));
        StoreDriver driver = await StoreDriver.OpenAsync(stores[0]);
        DateTimeOffset first = await driver.From(-1.Hours()), last = first.AddSeconds(times - 1);
        await driver.Create("s", first);

        int[] won = await Task.WhenAll(stores.Select((store, process) => Task.Run(async () =>
        {
            StoreDriver scheduler = await StoreDriver.OpenAsync(store);
            int mine = 0;
            while ((await scheduler.Due()).Schedules is [var due])
            {
                ScheduleTick tick = due.Fire(Job($"{due.Next:O} {process}")) with { Next = due.Next < last ? due.Next.Value.AddSeconds(1) : null };
                if (await scheduler.Tick(tick) == ScheduleOutcome.Done)
                    mine++;
            }

            return mine;
        })));

        Assert.Equal(times, won.Sum());
        Assert.Equal(times, await driver.Count(JobState.Waiting));
        Assert.Equal(times, (await driver.GetSchedule("s")).Runs);
        Assert.Empty(await stores[0].AuditAsync(default));
        foreach (IJobStore store in stores)
            await store.DisposeAsync();
    }

    [Fact]
    public async Task A_schedule_of_another_process_wakes_those_who_wait_for_the_next()
    {
        await using IJobStore one = await SqliteStores.OpenAsync(SqliteStores.NewPath());
        await using IJobStore other = await SqliteStores.OpenAsync(PathOf(one));
        StoreDriver waiting = await StoreDriver.OpenAsync(one), creating = await StoreDriver.OpenAsync(other);
        using var ears = new Ears(one);
        await waiting.Due();

        await creating.Create("s", await creating.From(-1.Minutes()));

        await ears.Hears(signal => signal.Kind == StoreSignalKind.Changed);
        Assert.Equal(["s"], await waiting.DueIds());
    }

    [Fact]
    public async Task A_queue_closed_or_deleted_by_a_process_that_knows_no_schedules_takes_its_schedules_along()
    {
        await using IJobStore store = await SqliteStores.OpenAsync(SqliteStores.NewPath());
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        await driver.Tick((await driver.Create("s", await driver.From(-1.Hours()))).Fire(Job("a")));
        await driver.Create(Schedule("s", await driver.From(-1.Minutes())).In("other"));
        await driver.Do(JobCommand.Remove, "a");
        Assert.Equal(2, (await driver.DueIds()).Length);

        // What layout 1.1 does, with its own statements.
        LayoutTests.Execute(PathOf(store), "UPDATE queue SET closed = 1, paused_at = NULL WHERE name = 'default'");
        Assert.Equal("other", Assert.Single((await driver.Due()).Schedules).Queue);
        Assert.Empty(await store.AuditAsync(default));

        LayoutTests.Execute(PathOf(store), "DELETE FROM queue WHERE name = 'default'");
        Assert.Empty(await store.AuditAsync(default));
        Assert.Null(await driver.FindSchedule("s"));
        await driver.Create("s", null);
        Assert.Empty(await driver.Occurrences("s"));
    }

    [Fact]
    public async Task A_queue_with_very_many_schedules_is_deleted_in_bounded_steps()
    {
        await using IJobStore store = await SqliteStores.OpenAsync(SqliteStores.NewPath());
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        await driver.Create("s", null);
        LayoutTests.Execute(PathOf(store), """
            WITH RECURSIVE n (value) AS (VALUES (1000) UNION ALL SELECT value + 1 FROM n WHERE value < 2499)
            INSERT INTO schedule (key, queue, id, revision, created, definition) SELECT value, 1, value, value, 0, x'' FROM n
            """);
        await driver.Do(new QueueCommand.Close(Force: false));

        Assert.Equal(QueueReply.More, await driver.Do(new QueueCommand.Delete()));
        Assert.Equal(501, (await driver.Schedules()).Length);
        Assert.Equal(QueueReply.Done, await driver.Do(new QueueCommand.Delete()));
        Assert.Empty(await store.QueuesAsync(default));
    }

    [Fact]
    public async Task A_file_of_an_earlier_layout_takes_schedules()
    {
        foreach (string file in (string[])["layout-1.0.db", "layout-1.1.db"])
        {
            string path = SqliteStores.NewPath();
            File.Copy(Path.Combine(AppContext.BaseDirectory, "Kept", file), path);
            await using IJobStore store = await SqliteStores.OpenAsync(path);
            StoreDriver driver = await StoreDriver.OpenAsync(store);

            Assert.Equal(ScheduleOutcome.Done, await driver.Tick((await driver.Create("s", await driver.From(-1.Hours()))).Fire(Job("a"))));

            Assert.Equal(JobState.Waiting, await driver.StateOf("a"));
            Assert.Empty(await store.AuditAsync(default));
        }
    }

    private static string PathOf(IJobStore store) => store.Description["SQLite ".Length..];
}
