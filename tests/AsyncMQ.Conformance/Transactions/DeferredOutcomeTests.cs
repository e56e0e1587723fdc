namespace AsyncMQ.Conformance.Transactions;

/// <summary>What is decided when a deferred group is taken in: ids that are taken, deduplication, dependencies, flows; and what becomes of one that is refused.</summary>
public abstract class DeferredOutcomeTests(ITransactionalFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task An_id_that_is_taken_by_then_adds_nothing()
    {
        await Store.Add(Job("a").WithCustomId().WithPriority(1));
        await fixture.Defer(Store, Job("a").WithCustomId().WithPriority(2), Job("b").WithCustomId(), Job("b").WithCustomId().WithPriority(3));

        Assert.Equal(["a", "b"], await Store.Page(JobState.Waiting));
        Assert.Equal(1, (await Store.Get("a")).Priority);
        Assert.Equal(5, (await Store.Get("b")).Priority);
    }

    [Fact]
    public async Task Deduplication_is_decided_by_what_is_there_then()
    {
        await Store.Add(Job("owner").Deduplicated("d"));
        await fixture.Defer(Store, Job("a").Deduplicated("d"), Job("b").Deduplicated("e"), Job("c").Deduplicated("e"));

        Assert.Equal("owner", await Store.OwnerOf("d"));
        Assert.Equal("b", await Store.OwnerOf("e"));
        Assert.Equal(["owner", "b"], await Store.Page(JobState.Waiting));
    }

    [Fact]
    public async Task A_deferred_debounce_replaces_what_waits()
    {
        await Store.Add(Job("old").Delayed(1.Hours()).Deduplicated(Deduplication.Debounce("d", 1.Hours())));
        await fixture.Defer(Store, Job("new").Delayed(1.Hours()).Deduplicated(Deduplication.Debounce("d", 1.Hours())));

        Assert.Equal(["new"], await Store.Page(JobState.Delayed));
        Assert.Equal("new", await Store.OwnerOf("d"));
    }

    [Fact]
    public async Task A_flow_comes_whole_with_its_dependencies()
    {
        await fixture.DeferGroups(Store, new[] { Job("a"), Job("b").DependsOn("a"), Job("c").DependsOn("a", "b") }.InFlow("f"));

        Assert.Equal((3, 3, 0), await Store.CountsOf("f"));
        Assert.Equal(["a"], await Store.Page(JobState.Waiting));
        Assert.Equal("a Open, b Open", await Store.DependenciesOf("c"));
        await Store.End("a");
        await Store.End("b");
        await Store.End("c");
        Assert.Equal((3, 0, 3), await Store.CountsOf("f"));
    }

    [Fact]
    public async Task A_dependency_may_be_added_or_deferred_before()
    {
        await Store.Add(Job("added"));
        await fixture.Defer(Store, Job("deferred"), Job("a").DependsOn("added", "deferred"));

        Assert.Equal(JobState.WaitingChildren, await Store.StateOf("a"));
        Assert.Equal("added Open, deferred Open", await Store.DependenciesOf("a"));
    }

    [Fact]
    public async Task A_group_whose_dependency_is_unknown_becomes_failed_jobs_that_say_so_and_holds_up_no_other()
    {
        await fixture.DeferGroups(
            Store,
            new AddGroup([Job("before")]),
            new AddGroup([Job("a").WithPayload(Bytes("arguments")).Deduplicated("d").Delayed(1.Hours()), Job("b").DependsOn("nobody").WithKey("k")]),
            new AddGroup([Job("after")]));

        Assert.Equal(["before", "after"], await Store.Page(JobState.Waiting));
        Assert.Equal(["a", "b"], (await Store.Page(JobState.Failed)).Order(StringComparer.Ordinal));
        foreach (string id in (string[])["a", "b"])
        {
            JobRecord record = await Store.Get(id);
            Assert.Equal((JobState.Failed, 0, null), (record.State, record.Attempt, record.DueAt));
            Assert.NotNull(record.FinishedAt);
            Assert.Contains(DeferredGroups.RefusedType, record.Error.Text(), StringComparison.Ordinal);
            Assert.Contains("nobody", record.Error.Text(), StringComparison.Ordinal);
        }

        Assert.Equal("arguments", (await Store.Get("a")).Payload.Text());
        Assert.Null(await Store.OwnerOf("d"));
        Assert.Equal((0, 2), (await Store.Count(JobState.Delayed), await Store.Count(JobState.Failed)));
    }

    [Fact]
    public async Task A_group_for_a_queue_that_is_closed_becomes_failed_jobs()
    {
        await Store.Add(Job("there"));
        Assert.Equal(QueueReply.Done, await Store.Do(new QueueCommand.Close(Force: false)));
        await fixture.DeferGroups(Store, new AddGroup([Job("a"), Job("b").In("other")]));

        Assert.Equal(JobState.Failed, await Store.StateOf("a"));
        JobRecord other = await Store.Get("b", "other");
        Assert.Equal(JobState.Failed, other.State);
        Assert.Contains($"queue '{DefaultQueue}'", System.Text.RegularExpressions.Regex.Unescape(other.Error.Text()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_extension_of_a_flow_that_is_not_there_becomes_failed_jobs()
    {
        await fixture.DeferGroups(Store, Batch("a", "b").Extending("nowhere"));

        Assert.Equal(["a", "b"], (await Store.Page(JobState.Failed)).Order(StringComparer.Ordinal));
        Assert.Contains("nowhere", (await Store.Get("b")).Error.Text(), StringComparison.Ordinal);
        Assert.Null(await Store.Flow("nowhere"));
    }

    [Fact]
    public async Task Of_a_flow_one_of_whose_ids_is_taken_the_other_jobs_become_failed()
    {
        await Store.Add(Job("a").WithPriority(1));
        await fixture.DeferGroups(Store, new[] { Job("a"), Job("b").DependsOn("a") }.InFlow("f"));

        Assert.Equal((JobState.Waiting, 1), ((await Store.Get("a")).State, (await Store.Get("a")).Priority));
        Assert.Equal(JobState.Failed, await Store.StateOf("b"));
        Assert.Contains("default/a", (await Store.Get("b")).Error.Text(), StringComparison.Ordinal);
        Assert.Null(await Store.Flow("f"));
    }

    [Fact]
    public async Task A_flow_that_is_there_already_adds_nothing()
    {
        await Store.AddFlow("f", Job("a"));
        await fixture.DeferGroups(Store, new[] { Job("b") }.InFlow("f"));

        Assert.Equal((1, 1, 0), await Store.CountsOf("f"));
        Assert.Null(await Store.Find("b"));
    }
}
