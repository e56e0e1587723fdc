namespace AsyncMQ.Conformance;

/// <summary>A manual retry, of a dependency and of one that depends on it: what was decided before is decided anew. Source: F-08.</summary>
public abstract class DependencyRetryTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task A_dependency_that_completes_after_a_retry_releases_those_that_waited_for_it()
    {
        await Store.AddBulk(Job("a"), Job("b").DependsOn("a").OnDependencyFailure(OnDependencyFailure.Wait));
        await Store.End("a", JobState.Failed);
        Assert.Equal(JobState.WaitingChildren, await Store.StateOf("b"));
        await Store.Do(JobCommand.Retry, "a");
        Assert.Equal(new JobChangeReply(JobChangeOutcome.WrongState, JobState.WaitingChildren), await Store.Do(JobCommand.Promote, "b"));
        await Store.End("a");

        Assert.Equal((JobState.Waiting, "a Satisfied"), (await Store.StateOf("b"), await Store.DependenciesOf("b")));
    }

    [Fact]
    public async Task A_retry_of_a_dependency_does_not_retry_what_it_failed()
    {
        await Store.AddBulk(Job("a"), Job("b").DependsOn("a"));
        await Store.End("a", JobState.Failed);
        await Store.Do(JobCommand.Retry, "a");
        await Store.End("a");

        Assert.Equal((JobState.Failed, "a Broken"), (await Store.StateOf("b"), await Store.DependenciesOf("b")));
        Assert.Equal(JobChangeOutcome.Done, (await Store.Do(JobCommand.Retry, "b")).Outcome);
        Assert.Equal((JobState.Waiting, "a Satisfied"), (await Store.StateOf("b"), await Store.DependenciesOf("b")));
        Assert.True((await Store.Get("b")).Error.IsEmpty);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_retry_is_refused_while_a_dependency_would_fail_it_again(bool reopened)
    {
        await Store.AddBulk(Job("a"), Job("b").DependsOn("a"), Job("c").DependsOn("b"));
        await Store.End("a", JobState.Failed);
        await Perhaps(reopened);
        JobRecord before = await Store.Get("b");

        Assert.Equal(new JobChangeReply(JobChangeOutcome.DependencyFailed, JobState.Failed), await Store.Do(JobCommand.Retry, "b"));
        Assert.Equal(new JobChangeReply(JobChangeOutcome.DependencyFailed, JobState.Failed), await Store.Do(JobCommand.Retry, "c"));
        Assert.Equivalent(before, await Store.Get("b"));

        // The failed part of a flow is retried from its beginning on.
        Assert.Equal(JobChangeOutcome.Done, (await Store.Do(JobCommand.Retry, "a")).Outcome);
        Assert.Equal(JobChangeOutcome.Done, (await Store.Do(JobCommand.Retry, "b")).Outcome);
        Assert.Equal(JobChangeOutcome.Done, (await Store.Do(JobCommand.Retry, "c")).Outcome);
        Assert.Equal(["a"], await Store.Page(JobState.Waiting));
        Assert.Equal(["b", "c"], await Store.Page(JobState.WaitingChildren));
        Assert.Equal((true, "a Open"), ((await Store.Get("b")).Error.IsEmpty, await Store.DependenciesOf("b")));
        await Perhaps(reopened);
        foreach (string id in (string[])["a", "b", "c"])
            await Store.End(id);
    }

    [Theory]
    [InlineData(OnDependencyFailure.Fail, JobChangeOutcome.DependencyFailed, JobState.Cancelled)]
    [InlineData(OnDependencyFailure.Continue, JobChangeOutcome.Done, JobState.Waiting)]
    [InlineData(OnDependencyFailure.Wait, JobChangeOutcome.Done, JobState.WaitingChildren)]
    public async Task A_retry_decides_anew_on_a_dependency_that_is_gone(OnDependencyFailure policy, JobChangeOutcome outcome, JobState state)
    {
        await Store.AddBulk(Job("a"), Job("b").DependsOn("a").OnDependencyFailure(policy));
        await Store.Do(JobCommand.Cancel, "b");
        await Store.Do(JobCommand.Remove, "a");

        Assert.Equal(outcome, (await Store.Do(JobCommand.Retry, "b")).Outcome);

        Assert.Equal(state, await Store.StateOf("b"));
    }

    [Fact]
    public async Task A_cancelled_dependent_hears_of_a_completion_and_can_be_retried_though_the_record_is_gone()
    {
        await Store.AddBulk(Job("a"), Job("b").DependsOn("a"));
        await Store.Do(JobCommand.Cancel, "b");
        Assert.Equal("a Open", await Store.DependenciesOf("b"));
        await Store.End("a");
        Assert.Equal((JobState.Cancelled, "a Satisfied"), (await Store.StateOf("b"), await Store.DependenciesOf("b")));
        await Store.Do(JobCommand.Remove, "a");

        Assert.Equal(JobChangeOutcome.Done, (await Store.Do(JobCommand.Retry, "b")).Outcome);

        Assert.Equal(JobState.Waiting, await Store.StateOf("b"));
    }

    [Fact]
    public async Task A_job_retried_to_wait_again_begins_with_its_release()
    {
        await Store.AddBulk(Job("a"), Job("b").DependsOn("a").Delayed(1.Hours()).ToLive(3.Hours()));
        await Store.Do(JobCommand.Cancel, "b");
        await Store.Do(JobCommand.Retry, "b");
        await Store.Advance(5.Hours());
        await Store.Maintain();
        Assert.Equal((JobState.WaitingChildren, null), (await Store.StateOf("b"), (await Store.Get("b")).ExpiresAt));
        await Store.End("a");

        JobRecord job = await Store.Get("b");
        Assert.Equal(JobState.Delayed, job.State);
        Assert.InRange(job.ExpiresAt!.Value - job.DueAt!.Value, 2.Hours() - 1.Milliseconds(), 2.Hours() + 1.Milliseconds());
    }

    [Fact]
    public async Task A_job_retried_with_nothing_to_wait_for_is_waiting_at_once()
    {
        await Store.AddBulk(Job("a"), Job("b").DependsOn("a").Delayed(1.Hours()));
        await Store.End("a");
        await Store.Do(JobCommand.Cancel, "b");

        await Store.Do(JobCommand.Retry, "b");

        Assert.Equal(JobState.Waiting, await Store.StateOf("b"));
    }

    [Fact]
    public async Task A_retry_is_refused_for_its_dependency_before_its_deduplication_id_and_takes_neither()
    {
        await Store.AddBulk(Job("a"), Job("b").DependsOn("a").Deduplicated("d"));
        await Store.End("a", JobState.Failed);
        Assert.Null(await Store.OwnerOf("d"));
        Assert.Equal(JobChangeOutcome.DependencyFailed, (await Store.Do(JobCommand.Retry, "b")).Outcome);
        Assert.Null(await Store.OwnerOf("d"));
        Assert.Empty(await Store.Store.AuditAsync(Cancellation));
        await Store.Do(JobCommand.Retry, "a");
        await Store.Add(Job("c").Deduplicated("d"));

        Assert.Equal(JobChangeOutcome.DeduplicationTaken, (await Store.Do(JobCommand.Retry, "b")).Outcome);
        Assert.Equal((JobState.Failed, "a Broken"), (await Store.StateOf("b"), await Store.DependenciesOf("b")));
        await Store.Do(JobCommand.Remove, "c");
        Assert.Equal(JobChangeOutcome.Done, (await Store.Do(JobCommand.Retry, "b")).Outcome);
        Assert.Equal((JobState.WaitingChildren, "b"), (await Store.StateOf("b"), await Store.OwnerOf("d")));
    }

    private Task Perhaps(bool reopened) => reopened ? Reopen() : Task.CompletedTask;
}
