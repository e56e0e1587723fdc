namespace AsyncMQ.Conformance;

/// <summary>Adding jobs that depend on others: in one group, on jobs that stand for others, and what refuses a group whole. Source: F-01 … F-03, F-06.</summary>
public abstract class DependencyAddTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    /// <summary>Invariant 11: a refused group has written nothing.</summary>
    [Fact]
    public async Task An_unknown_dependency_refuses_its_group_whole_and_no_other()
    {
        IReadOnlyList<GroupReply> replies = await Store.AddGroups(
            new AddGroup(Batch("a")),
            new AddGroup([Job("b"), Job("c").Deduplicated("d").DependsOn("a", "b", "x"), Job("e").In("new")]),
            new AddGroup([Job("f").DependsOn("a")]));

        Assert.Equal([true, false, true], replies.Select(reply => reply.Refusal is null));
        AddRefusal refusal = replies[1].Refusal!;
        Assert.Equal((AddRefusalReason.UnknownDependency, new JobRef(DefaultQueue, "c")), (refusal.Reason, refusal.Job));
        Assert.Contains("default/x", refusal.Detail, StringComparison.Ordinal);
        Assert.Equal(["a"], await Store.Page(JobState.Waiting));
        Assert.Equal(["f"], await Store.Page(JobState.WaitingChildren));
        Assert.Null(await Store.OwnerOf("d"));
        Assert.Equal([DefaultQueue], (await Store.Store.QueuesAsync(Cancellation)).Select(queue => queue.Name));
    }

    [Fact]
    public async Task A_dependency_in_a_queue_that_is_not_known_is_unknown()
    {
        Assert.Equal(AddRefusalReason.UnknownDependency, (await Store.Refused(Job("a").DependsOn(new JobRef("never", "x")))).Reason);
        Assert.Empty(await Store.Store.QueuesAsync(Cancellation));
    }

    [Fact]
    [Trait("reference", "F-01")]
    public async Task Only_an_earlier_job_of_the_group_can_be_depended_on()
    {
        Assert.Equal(AddRefusalReason.UnknownDependency, (await Store.Refused(Job("a").DependsOn("b"), Job("b"))).Reason);
        Assert.Equal(AddRefusalReason.UnknownDependency, (await Store.Refused(Job("a").DependsOn("a"))).Reason);

        await Store.AddBulk(Job("a"), Job("b").DependsOn("a"), Job("c").DependsOn("b", "a"));

        Assert.Equal(["a"], await Store.Page(JobState.Waiting));
        Assert.Equal(["b", "c"], await Store.Page(JobState.WaitingChildren));
        Assert.Equal("b Open, a Open", await Store.DependenciesOf("c"));
    }

    [Fact]
    public async Task A_later_group_of_the_step_sees_the_jobs_of_an_earlier_one()
    {
        IReadOnlyList<GroupReply> replies = await Store.AddGroups(new AddGroup([Job("a")]), new AddGroup([Job("b").DependsOn("a")]));

        Assert.All(replies, reply => Assert.Null(reply.Refusal));
        Assert.Equal(JobState.WaitingChildren, await Store.StateOf("b"));
    }

    [Fact]
    public async Task A_closed_queue_refuses_before_an_unknown_dependency_does()
    {
        await Store.Add(Job("x").In("closed"));
        await Store.Do(new QueueCommand.Close(Force: false), "closed");

        Assert.Equal(AddRefusalReason.QueueClosed, (await Store.Refused(Job("a").DependsOn("unknown"), Job("b").In("closed"))).Reason);
        await Store.Add(Job("c").DependsOn(new JobRef("closed", "x")));

        Assert.Equal(JobState.WaitingChildren, await Store.StateOf("c"));
    }

    [Fact]
    public async Task A_job_that_is_there_already_is_a_duplicate_whatever_it_depends_on()
    {
        await Store.AddBulk(Job("a"), Job("b").DependsOn("a"));

        Assert.Equal(AddOutcome.Duplicate, (await Store.Add(Job("b"))).Outcome);
        Assert.Equal(AddOutcome.Duplicate, (await Store.Add(Job("b").DependsOn("never"))).Outcome);
        Assert.Equal(AddOutcome.Duplicate, (await Store.Add(Job("a").DependsOn("b"))).Outcome);

        Assert.Equal(("a Open", ""), (await Store.DependenciesOf("b"), await Store.DependenciesOf("a")));
    }

    [Fact]
    public async Task An_add_sent_again_after_its_dependency_is_gone_is_still_created_once()
    {
        NewJob job = Job("b").DependsOn("a");
        await Store.AddBulk(Job("a"), job);
        await Store.End("a");
        await Store.Do(JobCommand.Remove, "a");

        Assert.Equal(new AddedJob(AddOutcome.Created, "b"), await Store.Add(job));
        Assert.Equal(1, await Store.Count(JobState.Waiting));
    }

    [Fact]
    public async Task A_duplicate_earlier_in_the_group_is_the_job_that_is_there()
    {
        await Store.Add(Job("a"));

        Assert.Equal([AddOutcome.Duplicate, AddOutcome.Created], (await Store.AddBulk(Job("a"), Job("b").DependsOn("a"))).Select(job => job.Outcome));
        await Store.End("a");

        Assert.Equal(JobState.Waiting, await Store.StateOf("b"));
    }

    [Fact]
    public async Task One_deduplicated_earlier_in_the_group_is_the_job_that_stands_for_it()
    {
        await Store.Add(Job("owner").Deduplicated("d"));

        IReadOnlyList<AddedJob> added = await Store.AddBulk(Job("a").Deduplicated("d"), Job("b"), Job("c").DependsOn("b", "a"), Job("d").DependsOn("a", "owner"));

        Assert.Equal(new AddedJob(AddOutcome.Deduplicated, "owner"), added[0]);
        Assert.Equal(("b Open, owner Open", "owner Open"), (await Store.DependenciesOf("c"), await Store.DependenciesOf("d")));
        await Store.End("owner");
        Assert.Equal((JobState.WaitingChildren, JobState.Waiting), (await Store.StateOf("c"), await Store.StateOf("d")));
    }

    [Fact]
    public async Task Of_two_of_one_group_with_one_deduplication_id_the_first_stands_for_both()
    {
        await Store.AddBulk(Job("a").Deduplicated("d"), Job("b").Deduplicated("d"), Job("c").DependsOn("b"));

        Assert.Equal("a Open", await Store.DependenciesOf("c"));
    }

    [Fact]
    public async Task An_owner_that_a_later_job_of_the_group_replaces_was_removed()
    {
        var replacing = new Deduplication("d") { Replace = true };
        await Store.Add(Job("owner").Delayed(1.Hours()).Deduplicated(replacing));

        IReadOnlyList<AddedJob> added = await Store.AddBulk(
            Job("a").Deduplicated("d"), Job("b").Delayed(1.Hours()).Deduplicated(replacing), Job("c").DependsOn("a"));

        Assert.Equal([AddOutcome.Deduplicated, AddOutcome.Replaced, AddOutcome.Created], added.Select(job => job.Outcome));
        Assert.Equal((JobState.Failed, "owner Broken"), (await Store.StateOf("c"), await Store.DependenciesOf("c")));
    }

    [Theory]
    [InlineData(JobState.Completed, OnDependencyFailure.Fail, JobState.Waiting)]
    [InlineData(JobState.Failed, OnDependencyFailure.Fail, JobState.Failed)]
    [InlineData(null, OnDependencyFailure.Fail, JobState.Failed)]
    [InlineData(null, OnDependencyFailure.Continue, JobState.Waiting)]
    [InlineData(null, OnDependencyFailure.Wait, JobState.WaitingChildren)]
    public async Task An_owner_that_ended_within_its_window_decides_at_the_add(JobState? way, OnDependencyFailure policy, JobState state)
    {
        var window = Deduplication.Throttle("d", 1.Hours());
        await Store.Add(Job("owner").Deduplicated(window));
        await Store.End("owner", way);

        await Store.AddBulk(Job("a").Deduplicated(window), Job("b").DependsOn("a").OnDependencyFailure(policy));

        Assert.Equal(state, await Store.StateOf("b"));
        if (state == JobState.Failed)
            Assert.Equal(DependencyRules.ErrorOf(new(DefaultQueue, "owner"), way).Text(), (await Store.Get("b")).Error.Text());
    }

    [Fact]
    public async Task One_that_fails_at_the_add_leaves_its_deduplication_id_free()
    {
        await Store.Bring("a", JobState.Failed);

        Assert.Equal(AddOutcome.Created, (await Store.Add(Job("b").Deduplicated("d").DependsOn("a"))).Outcome);

        Assert.Equal((JobState.Failed, null), (await Store.StateOf("b"), await Store.OwnerOf("d")));
        Assert.Empty(await Store.Store.AuditAsync(Cancellation));
        Assert.Equal(AddOutcome.Created, (await Store.Add(Job("c").Deduplicated("d"))).Outcome);
    }

    [Fact]
    public async Task One_that_waits_for_others_owns_its_deduplication_id()
    {
        await Store.AddBulk(Job("a"), Job("b").Deduplicated("d").DependsOn("a"));

        Assert.Equal(new AddedJob(AddOutcome.Deduplicated, "b"), await Store.Add(Job("c").Deduplicated("d")));
        Assert.Equal(
            new AddedJob(AddOutcome.Deduplicated, "b"), await Store.Add(Job("c").Deduplicated(new Deduplication("d") { Replace = true })));
    }

    [Fact]
    public async Task A_failure_at_the_add_goes_on_to_those_of_the_same_group()
    {
        await Store.Bring("a", JobState.Failed);

        IReadOnlyList<AddedJob> added = await Store.AddBulk(
            Job("b").DependsOn("a"), Job("c").DependsOn("b"), Job("d").DependsOn("b").OnDependencyFailure(OnDependencyFailure.Continue));

        Assert.All(added, job => Assert.Equal(AddOutcome.Created, job.Outcome));
        Assert.Equal(["d"], await Store.Page(JobState.Waiting));
        Assert.Equal((JobState.Failed, JobState.Failed), (await Store.StateOf("b"), await Store.StateOf("c")));
        Assert.Contains("default/b", (await Store.Get("c")).Error.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_thousand_dependencies_of_one_job()
    {
        string[] ids = [.. Enumerable.Range(0, 1_000).Select(i => $"job-{i}")];
        await Store.AddBulk(Batch(ids));
        await Store.Add(Job("last").DependsOn(ids));

        Assert.Equal(ids, (await Store.Get("last")).Dependencies.Select(dependency => dependency.Job.Id));
        Worker worker = await Store.OpenWorker();
        IReadOnlyList<ClaimedJob> claims = await worker.Claim(1_000);
        await worker.SettleAll([.. claims.Skip(1).Select(claim => Worker.Settlement(claim, SettlementKind.Complete))]);
        Assert.Equal(JobState.WaitingChildren, await Store.StateOf("last"));
        await worker.Complete(claims[0]);

        Assert.Equal(JobState.Waiting, await Store.StateOf("last"));
    }
}
