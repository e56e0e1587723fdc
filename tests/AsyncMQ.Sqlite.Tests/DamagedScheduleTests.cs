using AsyncMQ.Conformance.Driving;
using static AsyncMQ.Conformance.Driving.Drafts;

namespace AsyncMQ.Sqlite.Tests;

/// <summary>Garbage in any one column of one schedule's record or history, put there by hand: the others are seen and fire.</summary>
public class DamagedScheduleTests
{
    public static TheoryData<string, string, string> Garbage
    {
        get
        {
            string[] numbers = ["-1", "4711", "9223372036854775807", "-9223372036854775808"];
            var all = new TheoryData<string, string, string>();
            foreach (string column in (string[])["key", "queue", "revision", "next", "paused", "shut", "runs", "created", "fired"])
            {
                foreach (string value in numbers)
                    all.Add("schedule", column, value);
            }

            foreach (string text in (string[])["''", "CAST(x'FF00FE41' AS TEXT)", "CAST(x'FF' AS TEXT)", "'a' || char(0) || 'b'"])
            {
                all.Add("schedule", "id", text);
                all.Add("schedule", "last_job", text);
                all.Add("occurrence", "job", text);
            }

            foreach (string blob in (string[])["x''", "x'00FF'", "x'01FFFFFFFFFFFFFFFFFFFF'"])
                all.Add("schedule", "definition", blob);
            foreach (string column in (string[])["next", "fired", "last_job"])
                all.Add("schedule", column, "NULL");
            foreach (string column in (string[])["schedule", "number", "due", "at", "outcome"])
            {
                foreach (string value in numbers)
                    all.Add("occurrence", column, value);
            }

            all.Add("occurrence", "job", "NULL");
            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Garbage))]
    public async Task A_schedule_that_is_garbled_does_not_stop_the_others(string table, string column, string value)
    {
        await using IJobStore store = await SqliteStores.OpenAsync(SqliteStores.NewPath());
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        await Fill(driver);
        string whose = table == "schedule" ? "id = 'b'" : "schedule = (SELECT key FROM schedule WHERE id = 'b')";
        LayoutTests.Execute(store.Description["SQLite ".Length..], $"UPDATE {table} SET {column} = {value} WHERE {whose}");

        // As a scheduler would: what is due is fired, in one step, until nothing is.
        for (int round = 0; round < 3; round++)
        {
            IReadOnlyList<ScheduleRecord> due = (await driver.Due()).Schedules;
            IReadOnlyList<ScheduleOutcome> outcomes = await driver.TickAll([.. due.Select(schedule =>
                schedule.Fire(Job($"{schedule.Id}-{round}")) with { Next = null, SkipWhileUnended = true, MaxRuns = 1_000 })]);
            Assert.All(outcomes, outcome => Assert.Equal(ScheduleOutcome.Done, outcome));
            if (round > 0)
                Assert.Empty(due);
        }

        Assert.Equal((2, 2), ((await driver.GetSchedule("a")).Runs, (await driver.GetSchedule("c")).Runs));
        Assert.Equal(["Added a", "Added a-0"], await driver.History("a"));
        Assert.Superset(new HashSet<string> { "a", "c" }, (await driver.Schedules()).ToHashSet());
        await driver.Maintain();
        await Record.ExceptionAsync(() => driver.FindSchedule("b"));
        await driver.Do(new ScheduleCommand.Trigger(Job("by-hand")), "c");
        Assert.Equal("by-hand", (await driver.GetSchedule("c")).LastJobId);
    }

    [Fact]
    public async Task A_garbled_history_can_be_read_all_the_same()
    {
        await using IJobStore store = await SqliteStores.OpenAsync(SqliteStores.NewPath());
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        await Fill(driver);
        LayoutTests.Execute(store.Description["SQLite ".Length..], "UPDATE occurrence SET due = -1, at = 9223372036854775807, outcome = 4711, job = CAST(x'FF' AS TEXT)");

        Assert.Single(await driver.Occurrences("b"));
    }

    [Theory]
    [InlineData("UPDATE schedule SET queue = 4711")]
    [InlineData("UPDATE schedule SET shut = 1")]
    [InlineData("UPDATE schedule SET paused = 2")]
    [InlineData("UPDATE schedule SET revision = 4711")]
    [InlineData("UPDATE occurrence SET schedule = 4711")]
    [InlineData("""
        WITH RECURSIVE n (value) AS (VALUES (1) UNION ALL SELECT value + 1 FROM n WHERE value < 50)
        INSERT INTO occurrence SELECT schedule, number + value, due, at, outcome, job FROM occurrence, n
        """)]
    public async Task The_audit_tells_of_damage(string damage)
    {
        await using IJobStore store = await SqliteStores.OpenAsync(SqliteStores.NewPath());
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        await driver.Tick((await driver.Create("s", await driver.From(-1.Minutes()))).Fire(Job("a")));
        Assert.Empty(await store.AuditAsync(default));

        LayoutTests.Execute(store.Description["SQLite ".Length..], damage);

        Assert.NotEmpty(await store.AuditAsync(default));
    }

    private static async Task Fill(StoreDriver driver)
    {
        DateTimeOffset due = await driver.From(-1.Hours());
        foreach (string id in (string[])["a", "b", "c"])
            await driver.Tick((await driver.Create(id, due)).Fire(Job(id)));
        Worker worker = await driver.OpenWorker();
        foreach (ClaimedJob job in await worker.Claim(3))
            await worker.Complete(job);
    }
}
