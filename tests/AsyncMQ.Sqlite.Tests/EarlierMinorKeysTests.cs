using AsyncMQ.Conformance.Driving;
using static AsyncMQ.Conformance.Driving.Drafts;

namespace AsyncMQ.Sqlite.Tests;

/// <summary>
/// A process of layout 1.2, which knows no keys, on the same file: by the statements it had it takes jobs back, ends, removes and promotes them. No slot
/// leaks, no key waits for a head that is gone, and the limits hold for what it made waiting.
/// </summary>
public class EarlierMinorKeysTests
{
    [Fact]
    public async Task It_does_not_see_waiting_jobs_with_keys_and_counts_none_that_it_could_claim()
    {
        await using IJobStore store = await SqliteStores.OpenAsync(SqliteStores.NewPath());
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        await driver.AddBulk(Job("a").WithKey("k"), Job("b").WithKey("k"));

        // What it claims from, and whether it thinks that there is work: its `exchange/ready` and its counts.
        Assert.Equal(0L, Ask(store, "SELECT count(*) FROM job WHERE queue = 1 AND state = 0 AND parked = 0"));
        Assert.Equal(0L, Ask(store, "SELECT waiting - parked FROM queue"));
        Assert.Equal(0L, (await driver.Counts()).Parked);
        Assert.Equal(["a", "b"], await driver.Page(JobState.Waiting));
    }

    [Fact]
    public async Task A_slot_that_it_takes_back_is_free_and_the_job_is_claimed_in_its_turn()
    {
        (IJobStore store, StoreDriver driver, Worker worker) = await OpenAsync(new() { Concurrency = 1 });
        await using IJobStore _ = store;
        await driver.AddBulk(Job("a").WithKey("k"), Job("b").WithKey("k"));
        await worker.ClaimOne();

        Move(store, "a", JobState.Active, JobState.Waiting);
        Assert.Empty(await store.AuditAsync(default));

        Assert.Equal(["a"], (await worker.Claim(5)).Ids());
        KeyRecord key = (await store.FindKeyAsync(DefaultQueue, "k", default))!;
        Assert.Equal((1, 1), (key.Waiting, key.Active));
        Assert.Empty(await store.AuditAsync(default));
    }

    [Theory]
    [InlineData(JobState.Failed)]
    [InlineData(JobState.Cancelled)]
    [InlineData(null)]
    public async Task A_running_job_that_it_ends_or_removes_frees_its_slot_and_its_key(JobState? way)
    {
        (IJobStore store, StoreDriver driver, Worker worker) = await OpenAsync(new() { StrictOrder = true });
        await using IJobStore _ = store;
        await driver.AddBulk(Job("a").WithKey("k"), Job("b").WithKey("k"));
        await worker.ClaimOne();
        Assert.Empty(await worker.Claim(1));

        Move(store, "a", JobState.Active, way);

        Assert.Equal(["b"], (await worker.Claim(5)).Ids());
        Assert.Equal("b", (await store.FindKeyAsync(DefaultQueue, "k", default))!.Head);
        Assert.Empty(await store.AuditAsync(default));
    }

    [Theory]
    [InlineData(JobState.Expired)]
    [InlineData(null)]
    public async Task A_waiting_job_that_it_ends_or_removes_is_counted_no_more(JobState? way)
    {
        (IJobStore store, StoreDriver driver, Worker worker) = await OpenAsync(new() { Concurrency = 5 });
        await using IJobStore _ = store;
        await driver.AddBulk(Job("a").WithKey("k"), Job("b").WithKey("k"), Job("c").WithKey("other"));

        Move(store, "a", JobState.Waiting, way);
        Assert.Empty(await store.AuditAsync(default));
        Move(store, "c", JobState.Waiting, way);

        Assert.Equal(["b"], (await worker.Claim(5)).Ids());
        await driver.Maintain();
        Assert.Equal("k", Assert.Single(await store.KeysAsync(DefaultQueue, null, 10, default)).Key);
        Assert.Equal(0, await driver.Count(JobState.Waiting));
        Assert.Empty(await store.AuditAsync(default));
    }

    [Fact]
    public async Task A_delayed_head_that_it_cancels_lets_the_others_go()
    {
        (IJobStore store, StoreDriver driver, Worker worker) = await OpenAsync(new() { StrictOrder = true });
        await using IJobStore _ = store;
        await driver.AddBulk(Job("a").WithKey("k"), Job("b").WithKey("k"));
        await worker.Retry(await worker.ClaimOne(), 1.Hours());
        Assert.Empty(await worker.Claim(1));

        Move(store, "a", JobState.Delayed, JobState.Cancelled);

        Assert.Equal(["b"], (await worker.Claim(5)).Ids());
        Assert.Empty(await store.AuditAsync(default));
    }

    [Fact]
    public async Task Jobs_that_it_promotes_are_claimed_within_the_limits()
    {
        (IJobStore store, StoreDriver driver, Worker worker) = await OpenAsync(new() { Concurrency = 1 });
        await using IJobStore _ = store;
        await driver.AddBulk(Job("a").WithKey("k").Delayed(1.Hours()), Job("b").WithKey("k").Delayed(1.Hours()), Job("p"));

        Promote(store, "a");
        Promote(store, "b");
        Assert.Empty(await store.AuditAsync(default));

        Assert.Equal(["a", "p"], (await worker.Claim(5)).Ids().Order());
        Assert.Empty(await worker.Claim(5));
        Assert.Equal(["b"], await driver.Page(JobState.Waiting));
        Assert.Empty(await store.AuditAsync(default));
    }

    [Fact]
    public async Task One_that_it_promotes_claims_and_completes_leaves_nothing_behind()
    {
        (IJobStore store, StoreDriver driver, Worker worker) = await OpenAsync(new() { StrictOrder = true });
        await using IJobStore _ = store;
        await driver.AddBulk(Job("a").WithKey("k"), Job("b").WithKey("k"));
        await worker.Retry(await worker.ClaimOne(), 1.Hours());

        // The head of its key: promoted, claimed, completed.
        Promote(store, "a");
        LayoutTests.Execute(PathOf(store), """
            UPDATE job SET state = 1, attempt = attempt + 1, since = since, started = since, worker = worker, session = session, lane = 1, step = 99, parked = 0
            WHERE id = 'a';
            UPDATE queue SET waiting = waiting - 1, active = active + 1
            """);
        Assert.Empty(await store.AuditAsync(default));
        Move(store, "a", JobState.Active, JobState.Completed);

        Assert.Equal(["b"], (await worker.Claim(5)).Ids());
        Assert.Empty(await store.AuditAsync(default));
    }

    [Fact]
    public async Task A_queue_that_it_deletes_takes_its_keys_along()
    {
        (IJobStore store, StoreDriver driver, Worker _) = await OpenAsync(new() { Concurrency = 1 });
        await using IJobStore closing = store;
        await driver.Hold(1.Hours(), "k");

        LayoutTests.Execute(PathOf(store), "DELETE FROM queue");

        Assert.Empty(await store.AuditAsync(default));
        await driver.Add(Job("a"));
        Assert.Null(await store.FindKeyAsync(DefaultQueue, "k", default));
    }

    [Fact]
    public async Task A_kept_add_carries_its_key()
    {
        await using IJobStore store = await SqliteStores.OpenAsync(SqliteStores.NewPath());
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        await driver.Add(Job("owner").Deduplicated(new Deduplication("d") { KeepLastIfActive = true }));
        Worker worker = await driver.OpenWorker();
        ClaimedJob owner = await worker.ClaimOne();
        await driver.Add(Job("kept").WithKey("k").Deduplicated(new Deduplication("d") { KeepLastIfActive = true }));

        await worker.Complete(owner);

        Assert.Equal("k", (await driver.Get("kept")).LimitKey);
        Assert.Equal(["kept"], (await worker.Claim(1)).Ids());
        Assert.Empty(await store.AuditAsync(default));
    }

    private static async Task<(IJobStore Store, StoreDriver Driver, Worker Worker)> OpenAsync(KeyLimits limits)
    {
        IJobStore store = await SqliteStores.OpenAsync(SqliteStores.NewPath());
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        await driver.LimitKeys(limits);
        return (store, driver, await driver.OpenWorker(lease: 1.Hours()));
    }

    /// <summary>What layout 1.2 does when it moves a job: its <c>jobs/save</c>, or <c>jobs/delete</c>, and its counts.</summary>
    private static void Move(IJobStore store, string id, JobState from, JobState? to)
    {
        string[] columns = ["waiting", "active", "delayed", "waiting_children", "completed", "failed", "expired", "cancelled"];
        string into = to is { } state ? $", {columns[(int)state]} = {columns[(int)state]} + 1" : "";
        LayoutTests.Execute(PathOf(store), $"""
            UPDATE meta SET next_number = next_number + 1;
            UPDATE queue SET {columns[(int)from]} = {columns[(int)from]} - 1, parked = parked - (SELECT parked > 0 FROM job WHERE id = '{id}'){into};
            """);
        LayoutTests.Execute(PathOf(store), to is null ? $"DELETE FROM job WHERE id = '{id}'" : $"""
            UPDATE job SET state = {(int)to}, sequence = iif({(int)to} >= 4, (SELECT next_number - 1 FROM meta), sequence), since = since, attempt = attempt,
                stalls = stalls, parked = 0, cancel = 0, extras = extras, due = NULL, expires = expires
            WHERE id = '{id}'
            """);
    }

    /// <summary>The statement <c>exchange/promote</c> of layout 1.2.</summary>
    private static void Promote(IJobStore store, string id) => LayoutTests.Execute(PathOf(store), $"""
        UPDATE meta SET next_number = next_number + 1;
        UPDATE job SET state = 0, sequence = (SELECT next_number - 1 FROM meta), since = since, due = NULL WHERE id = '{id}';
        UPDATE queue SET delayed = delayed - 1, waiting = waiting + 1
        """);

    private static object? Ask(IJobStore store, string sql) => LayoutTests.Ask(PathOf(store), sql);

    private static string PathOf(IJobStore store) => store.Description["SQLite ".Length..];
}
