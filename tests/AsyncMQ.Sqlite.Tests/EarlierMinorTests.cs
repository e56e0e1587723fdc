using AsyncMQ.Conformance.Driving;
using static AsyncMQ.Conformance.Driving.Drafts;

namespace AsyncMQ.Sqlite.Tests;

/// <summary>
/// A process of layout 1.1, which knows nothing of dependencies, on the same file: it ends, removes and retries jobs by the statements it had, and leaves
/// no dependent stuck.
/// </summary>
public class EarlierMinorTests
{
    public static TheoryData<JobState?, OnDependencyFailure> EveryEnd =>
        [.. from way in Ends.Ways from policy in Enum.GetValues<OnDependencyFailure>() select (way, policy)];

    [Theory]
    [MemberData(nameof(EveryEnd))]
    public async Task Whatever_it_does_to_a_dependency_decides_its_dependents(JobState? way, OnDependencyFailure policy)
    {
        await using IJobStore store = await SqliteStores.OpenAsync(SqliteStores.NewPath());
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        await driver.AddBulk(Job("a"), Job("b").DependsOn("a").OnDependencyFailure(policy));

        End(store, "a", way);
        await driver.Recover();

        JobState expected = way == JobState.Completed || policy == OnDependencyFailure.Continue ? JobState.Waiting
            : policy == OnDependencyFailure.Fail ? JobState.Failed : JobState.WaitingChildren;
        JobRecord job = await driver.Get("b");
        Assert.Equal(expected, job.State);
        if (expected == JobState.Failed)
            Assert.Equal(DependencyRules.ErrorOf(new(DefaultQueue, "a"), way).Text(), job.Error.Text());
        Assert.Empty(await store.AuditAsync(default));
    }

    [Fact]
    public async Task A_worker_with_nothing_to_do_releases_what_it_let_wait()
    {
        await using IJobStore store = await SqliteStores.OpenAsync(SqliteStores.NewPath());
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        await driver.AddBulk(Job("a"), Job("b").In("other").DependsOn("a"));
        Worker worker = await driver.OpenWorker();
        Assert.Empty(await worker.Claim(1, "other"));

        End(store, "a", JobState.Completed);

        Assert.Equal(["b"], (await worker.Claim(1, "other")).Ids());
    }

    [Theory]
    [InlineData(JobState.Cancelled)]
    [InlineData(null)]
    public async Task A_dependent_that_it_cancels_or_removes_is_out_of_the_list_and_ends_its_flow(JobState? way)
    {
        await using IJobStore store = await SqliteStores.OpenAsync(SqliteStores.NewPath());
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        await driver.Add(Job("a"));
        await driver.AddFlow("f", Job("b").DependsOn("a"), Job("c").DependsOn("b"));

        End(store, "c", way);

        Assert.Equal(["b"], await driver.Page(JobState.WaitingChildren));
        Assert.Equal((way is null ? 1 : 2, 1, 0), await driver.CountsOf("f"));
        End(store, "b", null);
        Assert.Equal(way is null ? null : (1, 0, 0), await driver.CountsOf("f"));
        await driver.Maintain();
        await driver.Do(JobCommand.Remove, "c");
        Assert.Null(await driver.Flow("f"));
        Assert.Equal(AddOutcome.Created, Assert.Single(await driver.AddFlow("f", Job("b"))).Outcome);
        Assert.Empty(await store.AuditAsync(default));
    }

    [Fact]
    public async Task Its_retry_of_a_dependency_takes_back_what_was_not_told()
    {
        await using IJobStore store = await SqliteStores.OpenAsync(SqliteStores.NewPath());
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        await driver.AddBulk(Job("a"), Job("b").DependsOn("a"));

        End(store, "a", JobState.Failed);
        Save(store, "a", JobState.Waiting);
        LayoutTests.Execute(PathOf(store), "UPDATE queue SET failed = failed - 1, waiting = waiting + 1");
        await driver.Maintain();
        Assert.Equal((JobState.WaitingChildren, "a Open"), (await driver.StateOf("b"), await driver.DependenciesOf("b")));
        End(store, "a", JobState.Completed);
        await driver.Maintain();

        Assert.Equal(JobState.Waiting, await driver.StateOf("b"));
        Assert.Empty(await store.AuditAsync(default));
    }

    [Fact]
    public async Task Its_way_to_complete_plain_jobs_leaves_one_that_others_depend_on_alone_and_ends_one_that_depends()
    {
        await using IJobStore store = await SqliteStores.OpenAsync(SqliteStores.NewPath());
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        await driver.AddFlow("f", Job("a"), Job("b").DependsOn("a"));
        Worker worker = await driver.OpenWorker();
        ClaimedJob first = await worker.ClaimOne();
        CompletePlain(store);
        Assert.Equal(JobState.Active, await driver.StateOf("a"));
        await worker.Complete(first);
        await worker.ClaimOne();

        CompletePlain(store);

        Assert.Equal((2, 0, 2), await driver.CountsOf("f"));
    }

    /// <summary>Ends or removes a job that does not run, as layout 1.1 did.</summary>
    private static void End(IJobStore store, string id, JobState? way)
    {
        string count = way switch
        {
            JobState.Completed => "completed = completed + 1",
            JobState.Failed => "failed = failed + 1",
            JobState.Expired => "expired = expired + 1",
            JobState.Cancelled => "cancelled = cancelled + 1",
            _ => "closed = closed",
        };
        LayoutTests.Execute(PathOf(store), $"""
            UPDATE queue SET {count},
                waiting = waiting - (SELECT count(*) FROM job WHERE id = '{id}' AND state = 0),
                waiting_children = waiting_children - (SELECT count(*) FROM job WHERE id = '{id}' AND state = 3)
            WHERE id = (SELECT queue FROM job WHERE id = '{id}')
            """);
        if (way is { } state)
            Save(store, id, state);
        else
            LayoutTests.Execute(PathOf(store), $"DELETE FROM job WHERE id = '{id}'");
    }

    /// <summary>The statement <c>jobs/save</c> of layout 1.1.</summary>
    private static void Save(IJobStore store, string id, JobState state) => LayoutTests.Execute(PathOf(store), $"""
        UPDATE meta SET next_number = next_number + 1;
        UPDATE job SET state = {(int)state}, sequence = (SELECT next_number - 1 FROM meta), flags = flags, since = since, attempt = attempt, stalls = stalls,
            parked = parked, cancel = cancel, extras = extras, due = due, expires = expires
        WHERE id = '{id}'
        """);

    /// <summary>The statement <c>jobs/complete-plain</c> of layout 1.1, on all that run.</summary>
    private static void CompletePlain(IJobStore store) => LayoutTests.Execute(PathOf(store), """
        UPDATE meta SET next_number = next_number + 1;
        UPDATE job SET state = 4, since = since, sequence = (SELECT next_number - 1 FROM meta), result = NULL, extras = extras | 0
        WHERE state = 1 AND cancel = 0 AND flags & 11 = 0
        """);

    private static string PathOf(IJobStore store) => store.Description["SQLite ".Length..];
}
