using AsyncMQ.Conformance.Driving;
using static AsyncMQ.Conformance.Driving.Drafts;

namespace AsyncMQ.Sqlite.Tests;

/// <summary>A record that cannot be read fails alone.</summary>
public class DamagedRecordTests
{
    [Theory]
    [InlineData("UPDATE job SET name = 4711 WHERE id = 'b'")]
    [InlineData("DELETE FROM body")]
    public async Task A_job_whose_record_does_not_tell_what_to_run_fails_and_the_others_run(string damage)
    {
        await using IJobStore store = await SqliteStores.OpenAsync(SqliteStores.NewPath());
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        await driver.AddBulk(Job("a"), Job("b").WithPayload(new byte[100_000]), Job("c"));
        LayoutTests.Execute(store.Description["SQLite ".Length..], damage);
        Worker worker = await driver.OpenWorker();

        IReadOnlyList<ClaimedJob> claimed = await worker.Claim(10);

        Assert.Equal(["a", "c"], claimed.Select(job => job.Ref.Id));
        JobRecord record = await driver.Get("b");
        Assert.Equal(JobState.Failed, record.State);
        Assert.Contains("damaged", System.Text.Encoding.UTF8.GetString(record.Error.Span));
    }

    [Fact]
    public async Task What_a_damaged_job_held_back_comes_in_its_turn()
    {
        await using IJobStore store = await SqliteStores.OpenAsync(SqliteStores.NewPath());
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        await driver.LimitKeys(new() { StrictOrder = true });
        await driver.AddBulk(Job("head").WithKey("k").WithPayload(new byte[100_000]), Job("other").WithKey("l"));
        Worker worker = await driver.OpenWorker();
        await worker.Retry(await worker.ClaimOne());
        await driver.AddBulk(Job("later").WithKey("m"), Job("urgent").WithKey("k").WithPriority(0));
        LayoutTests.Execute(store.Description["SQLite ".Length..], "DELETE FROM body");

        Assert.Equal(["other", "urgent", "later"], (await worker.Claim(10)).Ids());
    }

    [Fact]
    public async Task A_damaged_record_spoils_its_own_step_only()
    {
        await using IJobStore store = await SqliteStores.OpenAsync(SqliteStores.NewPath());
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        await driver.AddBulk(Job("a"), Job("b"));
        LayoutTests.Execute(store.Description["SQLite ".Length..], "UPDATE job SET state = 42 WHERE id = 'a'");
        StoreDriver other = await StoreDriver.OpenAsync(store);

        Task<JobChangeReply>[] removals = [Remove(driver, "a"), Remove(other, "b")];

        await Assert.ThrowsAsync<StoreException>(() => removals[0]);
        Assert.Equal(JobChangeOutcome.Done, (await removals[1]).Outcome);
        await driver.Add(Job("c"));
        Assert.NotEmpty(await store.AuditAsync(default));

        static async Task<JobChangeReply> Remove(StoreDriver driver, string id) => (await driver.Store.AdministerJobsAsync(
            new()
            {
                Step = driver.Steps.Next(StepCounter.Administration),
                Command = JobCommand.Remove,
                Jobs = [new(DefaultQueue, id)],
                Expected = (JobStateSet)(-1),
            },
            default))[0];
    }
}
