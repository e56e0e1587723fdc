using AsyncMQ.Conformance.Driving;
using static AsyncMQ.Conformance.Driving.Drafts;

namespace AsyncMQ.Sqlite.Tests;

/// <summary>Garbage in what one job's dependencies or its flow are kept in: that job may fail or wait for a person, the others go on.</summary>
public class DamagedLinkTests
{
    private static readonly string[] Numbers = ["-1", "4711", "9223372036854775807", "-9223372036854775808", "0"];
    private static readonly string[] Texts = ["''", "CAST(x'FF00FE41' AS TEXT)"];

    public static TheoryData<string> EveryDamage =>
    [
        .. Each("link", "handle = (SELECT handle FROM job WHERE id = 'bad')", Numbers, "queue", "open", "waits", "policy", "delay", "run_at", "flow"),
        .. Each("edge", "dependent = (SELECT handle FROM job WHERE id = 'bad')", Numbers, "place", "dependency", "queue", "status"),
        .. Each("edge", "dependent = (SELECT handle FROM job WHERE id = 'bad')", Texts, "id"),
        .. Each("flow", "id = 'f'", Numbers, "number", "stamp", "added"),
        .. Each("flow", "id = 'f'", Texts, "id"),
        "UPDATE link SET delay = NULL, run_at = NULL, flow = NULL WHERE handle = (SELECT handle FROM job WHERE id = 'bad')",
        "DELETE FROM link WHERE handle = (SELECT handle FROM job WHERE id = 'bad')",
        "DELETE FROM edge WHERE dependent = (SELECT handle FROM job WHERE id = 'bad')",
        "UPDATE edge SET dependent = 4711 WHERE dependent = (SELECT handle FROM job WHERE id = 'bad')",
        "UPDATE link SET handle = 4711 WHERE handle = (SELECT handle FROM job WHERE id = 'bad')",
        "DELETE FROM flow",
        "INSERT INTO effect (number, dependency, outcome) VALUES (-1, 4711, 4711)",
        "INSERT INTO effect (number, dependency, outcome) SELECT 1, handle, 0 FROM job WHERE id = 'bad'",
        "INSERT INTO effect (number, dependency, outcome) SELECT 1, handle, 9223372036854775807 FROM job WHERE id = 'bad'",
    ];

    [Theory]
    [MemberData(nameof(EveryDamage))]
    public async Task A_job_with_damaged_links_does_not_hold_up_the_others(string damage)
    {
        await using IJobStore store = await SqliteStores.OpenAsync(SqliteStores.NewPath());
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        await driver.Add(Job("a"));
        await driver.AddFlow("f", Job("before").DependsOn("a"), Job("bad").DependsOn("a").ToLive(1.Hours()), Job("of-bad").DependsOn("bad"), Job("after").DependsOn("a"));
        LayoutTests.Execute(store.Description["SQLite ".Length..], damage);

        // They can be looked at, run and ended.
        await driver.Find("bad");
        await driver.Page(JobState.WaitingChildren);
        await driver.Flow("f");
        await store.FlowsAsync(null, 10, default);
        await store.FlowJobsAsync("f", null, 10, JobParts.All, default);
        await driver.End("a");
        Worker worker = await driver.OpenWorker();
        IReadOnlyList<ClaimedJob> claims = await worker.Claim(10);
        Assert.Superset(new HashSet<string> { "before", "after" }, claims.Ids().ToHashSet());
        await worker.SettleAll([.. claims.Select(claim => Worker.Settlement(claim, SettlementKind.Complete))]);
        await driver.Recover();

        // So can the damaged one, and then all of them.
        await driver.Do(JobCommand.Promote, "bad");
        await driver.Do(JobCommand.Cancel, "bad");
        await driver.Do(JobCommand.Retry, "bad");
        foreach (string id in (string[])["bad", "of-bad", "before", "after"])
            Assert.Equal(JobChangeOutcome.Done, (await driver.Do(JobCommand.Remove, id)).Outcome);
        await driver.AddBulk(Job("bad"), Job("next").DependsOn("bad"));
        await driver.End("bad");
        Assert.Equal(JobState.Waiting, await driver.StateOf("next"));
        await store.AuditAsync(default);
    }

    [Fact]
    public async Task One_whose_link_is_missing_fails_and_says_so()
    {
        await using IJobStore store = await SqliteStores.OpenAsync(SqliteStores.NewPath());
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        await driver.AddBulk(Job("a"), Job("bad").DependsOn("a"), Job("b").DependsOn("a"));
        LayoutTests.Execute(store.Description["SQLite ".Length..], "DELETE FROM link WHERE handle = (SELECT handle FROM job WHERE id = 'bad')");
        Assert.NotEmpty(await store.AuditAsync(default));

        await driver.End("a");

        Assert.Equal((JobState.Failed, JobState.Waiting), (await driver.StateOf("bad"), await driver.StateOf("b")));
        Assert.Contains("damaged", (await driver.Get("bad")).Error.Text(), StringComparison.Ordinal);
    }

    private static IEnumerable<string> Each(string table, string where, string[] values, params string[] columns) =>
        from column in columns from value in values select $"UPDATE {table} SET {column} = {value} WHERE {where}";
}
