using AsyncMQ.Conformance.Driving;
using static AsyncMQ.Conformance.Driving.Drafts;

namespace AsyncMQ.Sqlite.Tests;

/// <summary>When what happened to a job is told: in its turn, though the trigger that notes a removal knows no number of that time, and soon.</summary>
public class EffectOrderTests
{
    [Fact]
    public async Task A_removal_is_told_behind_the_ends_before_it()
    {
        await using IJobStore store = await SqliteStores.OpenAsync(SqliteStores.NewPath());
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        await driver.AddBulk(Job("removed"), Job("cancelled"), Job("removed-later"));
        await driver.AddBulk([.. Enumerable.Range(0, 1_500).Select(i => Job($"job-{i}").DependsOn("cancelled"))]);
        await driver.AddBulk(Job("b").DependsOn("removed", "cancelled"), Job("c").DependsOn("removed-later", "removed"));

        await driver.Do(JobCommand.Cancel, "cancelled");
        await driver.Do(JobCommand.Remove, "removed");
        await driver.Do(JobCommand.Remove, "removed-later");
        while ((await driver.Maintain()).More)
        {
        }

        Assert.Contains("default/cancelled,", (await driver.Get("b")).Error.Text(), StringComparison.Ordinal);
        Assert.Contains("default/removed,", (await driver.Get("c")).Error.Text(), StringComparison.Ordinal);
        Assert.Empty(await store.AuditAsync(default));
    }

    [Fact]
    public async Task An_add_that_takes_the_place_of_a_job_tells_its_dependents()
    {
        await using IJobStore store = await SqliteStores.OpenAsync(SqliteStores.NewPath());
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        NewJob draft = Job("a").Delayed(1.Hours()).Deduplicated(new Deduplication("d") { Replace = true });
        await driver.AddBulk(draft, Job("b").DependsOn("a"));

        await driver.Add(Job("c").Delayed(1.Hours()).Deduplicated(new Deduplication("d") { Replace = true }));

        Assert.Equal(JobState.Failed, await driver.StateOf("b"));
    }
}
