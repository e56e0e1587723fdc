namespace AsyncMQ.Conformance;

/// <summary>Flows as a store keeps them: added whole or not at all, extended, counted, listed, and gone with their last job. Source: F-02, F-03, F-14.</summary>
public abstract class FlowStoreTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_flow_is_kept_with_its_jobs_and_their_counts(bool reopened)
    {
        DateTimeOffset before = await Store.Now();
        await Store.AddFlow("f", Job("a"), Job("b").In("other").DependsOn("a"), Job("c").DependsOn(new JobRef("other", "b")));
        await Store.Add(Job("outside").DependsOn("a"));
        await Perhaps(reopened);

        FlowRecord flow = (await Store.Flow("f"))!;
        Assert.Equal(("f", 3, 3, 0), (flow.Id, flow.Jobs, flow.Unended, flow.Completed));
        Assert.InRange(flow.AddedAt, before.AddMilliseconds(-1), await Store.Now());
        Assert.Equal(["a", "b", "c"], (await Jobs("f")).Ids());
        Assert.All(await Jobs("f"), job => Assert.Equal(("f", true), (job.Flow, job.Flags.HasFlag(JobFlags.Linked))));
        Assert.Null((await Store.Get("outside")).Flow);
        Assert.Null(await Store.Flow("g"));
        Assert.Empty(await Jobs("g"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Its_counts_follow_its_jobs(bool reopened)
    {
        await Store.AddFlow("f", Job("a"), Job("b").DependsOn("a"), Job("c").DependsOn("b"), Job("d"));
        await Store.End("a");
        Assert.Equal((4, 3, 1), await Store.CountsOf("f"));
        await Perhaps(reopened);
        await Store.End("b", JobState.Failed);
        Assert.Equal((4, 1, 1), await Store.CountsOf("f"));
        await Store.Do(JobCommand.Cancel, "d");
        Assert.Equal((4, 0, 1), await Store.CountsOf("f"));
        await Store.Do(JobCommand.Retry, "b");
        await Store.Do(JobCommand.Retry, "c");
        Assert.Equal((4, 2, 1), await Store.CountsOf("f"));
        await Perhaps(reopened);
        await Store.Do(JobCommand.Remove, "a");
        Assert.Equal((3, 2, 0), await Store.CountsOf("f"));
        await Store.Do(JobCommand.Remove, "c");
        Assert.Equal((2, 1, 0), await Store.CountsOf("f"));
        await Store.End("b");

        Assert.Equal((2, 0, 1), await Store.CountsOf("f"));
        await Store.Do(JobCommand.Retry, "b");
        Assert.Equal((2, 1, 0), await Store.CountsOf("f"));
    }

    [Fact]
    public async Task It_is_gone_with_its_last_job_and_its_id_is_free()
    {
        await Store.AddFlow("f", Job("a"), Job("b").DependsOn("a"));
        FlowRecord first = (await Store.Flow("f"))!;
        await Store.Do(JobCommand.Remove, "a");
        Assert.Equal((1, 0, 0), await Store.CountsOf("f"));
        await Store.Do(JobCommand.Remove, "b");
        Assert.Null(await Store.Flow("f"));
        Assert.Empty(await Flows());

        Assert.Equal(AddOutcome.Created, Assert.Single(await Store.AddFlow("f", Job("c"))).Outcome);

        Assert.True((await Store.Flow("f"))!.Number > first.Number);
        Assert.Equal(["c"], (await Jobs("f")).Ids());
    }

    [Fact]
    public async Task Retention_takes_a_flow_job_by_job()
    {
        await Store.AddFlow("f", Job("a"), Job("b").DependsOn("a"));
        await Store.End("a");
        await Store.Maintain(RetentionPolicy.Forever with { Count = 0 });
        Assert.Equal((2, 1, 1), await Store.CountsOf("f"));
        await Store.End("b");

        Assert.Equal(2, (await Store.Maintain(RetentionPolicy.Forever with { Count = 0 })).Removed);

        Assert.Null(await Store.Flow("f"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_id_that_is_taken_writes_nothing_and_answers_as_its_stamp_says(bool reopened)
    {
        AddGroup flow = Batch("a", "b").InFlow(new NewFlow("f", Stamp: 7, Extends: false));
        await Store.AddGroups(flow);
        await Store.End("a");
        await Perhaps(reopened);

        GroupReply[] replies =
        [
            .. await Store.AddGroups(
                flow,
                Batch("a", "b", "c").InFlow(new NewFlow("f", Stamp: 7, Extends: false)),
                Batch("x", "y").InFlow(new NewFlow("f", Stamp: 8, Extends: false)),
                new[] { Job("z").DependsOn("unknown") }.InFlow(new NewFlow("f", Stamp: 8, Extends: false))),
        ];

        Assert.All(replies, reply => Assert.Null(reply.Refusal));
        Assert.Equal(["a Created, b Created", "a Created, b Created, c Created", "x Duplicate, y Duplicate", "z Duplicate"], replies.Select(Described));
        Assert.Equal((2, 1, 1), await Store.CountsOf("f"));
        Assert.Equal(2, (await Store.Counts()).ByState.Sum());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_flow_that_is_there_gets_more_jobs(bool reopened)
    {
        await Store.AddFlow("f", Job("a"));
        FlowRecord before = (await Store.Flow("f"))!;
        await Perhaps(reopened);

        AddGroup more = new[] { Job("b").DependsOn("a"), Job("c").DependsOn("b") }.Extending("f");
        Assert.Null(Assert.Single(await Store.AddGroups(more)).Refusal);

        FlowRecord after = (await Store.Flow("f"))!;
        Assert.Equal((3, 3, 0), await Store.CountsOf("f"));
        Assert.Equal((before.Number, before.AddedAt), (after.Number, after.AddedAt));
        Assert.Equal(["a", "b", "c"], (await Jobs("f")).Ids());
        Assert.Equal("b Created, c Created", Described(Assert.Single(await Store.AddGroups(more))));
        Assert.Equal((3, 3, 0), await Store.CountsOf("f"));
    }

    [Fact]
    public async Task A_flow_whose_jobs_have_all_ended_gets_more_as_well()
    {
        await Store.AddFlow("f", Job("a"));
        await Store.End("a");

        Assert.Null(Assert.Single(await Store.AddGroups(new[] { Job("b").DependsOn("a") }.Extending("f"))).Refusal);

        Assert.Equal((2, 1, 1), await Store.CountsOf("f"));
        Assert.Equal(JobState.Waiting, await Store.StateOf("b"));
    }

    [Fact]
    public async Task Only_a_flow_that_is_there_gets_more_jobs()
    {
        GroupReply reply = Assert.Single(await Store.AddGroups(Batch("a", "b").Extending("f")));

        Assert.Equal((AddRefusalReason.UnknownFlow, new JobRef(DefaultQueue, "a")), (reply.Refusal!.Reason, reply.Refusal.Job));
        Assert.Contains("f", reply.Refusal.Detail, StringComparison.Ordinal);
        Assert.Empty(reply.Jobs);
        Assert.Empty(await Store.Store.QueuesAsync(Cancellation));
    }

    [Fact]
    public async Task A_job_of_a_flow_must_have_an_id_of_its_own()
    {
        await Store.Bring("buried", JobState.Completed);
        await Store.Maintain(RetentionPolicy.Forever with { Count = 0 });
        await Store.Add(Job("taken"));
        await Store.AddFlow("g", Job("of-g"));

        foreach (AddGroup group in (AddGroup[])
            [
                new[] { Job("new"), Job("taken").DependsOn("new") }.InFlow("f"), Batch("new", "buried").InFlow("f"), Batch("new", "of-g").InFlow("f"),
                Batch("new", "new").InFlow("f"), Batch("new", "taken").Extending("g"),
            ])
        {
            GroupReply reply = Assert.Single(await Store.AddGroups(group));
            Assert.Equal((AddRefusalReason.IdTaken, group.Jobs[^1].Ref), (reply.Refusal!.Reason, reply.Refusal.Job));
            Assert.Contains(group.Jobs[^1].Ref.Id, reply.Refusal.Detail, StringComparison.Ordinal);
            Assert.Empty(reply.Jobs);
        }

        Assert.Null(await Store.Flow("f"));
        Assert.Equal((1, 1, 0), await Store.CountsOf("g"));
        Assert.Null(await Store.StateOf("new"));
    }

    [Fact]
    public async Task A_cancelled_job_gives_its_id_to_a_flow()
    {
        await Store.AddFlow("g", Job("a").WithCustomId());
        await Store.Do(JobCommand.Cancel, "a");

        Assert.Equal("a Created", Described(Assert.Single(await Store.AddGroups(Batch("a").InFlow("f")))));

        Assert.Equal(((1, 1, 0), null), (await Store.CountsOf("f"), await Store.CountsOf("g")));
    }

    [Fact]
    public async Task An_unknown_dependency_refuses_a_flow_whole()
    {
        GroupReply reply = Assert.Single(await Store.AddGroups(new[] { Job("a"), Job("b").DependsOn("a", "x") }.InFlow("f")));

        Assert.Equal(AddRefusalReason.UnknownDependency, reply.Refusal!.Reason);
        Assert.Null(await Store.Flow("f"));
        Assert.Null(await Store.StateOf("a"));
    }

    [Fact]
    public async Task A_closed_queue_refuses_a_flow_whole()
    {
        await Store.Add(Job("x").In("closed"));
        await Store.Do(new QueueCommand.Close(Force: false), "closed");

        GroupReply reply = Assert.Single(await Store.AddGroups(new[] { Job("a"), Job("b").In("closed") }.InFlow("f")));

        Assert.Equal(AddRefusalReason.QueueClosed, reply.Refusal!.Reason);
        Assert.Null(await Store.Flow("f"));
        Assert.Null(await Store.StateOf("a"));
    }

    [Fact]
    public async Task A_flow_may_depend_on_jobs_of_others()
    {
        await Store.Add(Job("a"));
        await Store.AddFlow("f", Job("b").DependsOn("a"));
        await Store.AddFlow("g", Job("c").DependsOn("b"));
        await Store.End("a");
        await Store.End("b", JobState.Failed);

        Assert.Equal(((1, 0, 0), (1, 0, 0)), (await Store.CountsOf("f"), await Store.CountsOf("g")));
        Assert.Equal(JobState.Failed, await Store.StateOf("c"));
    }

    [Fact]
    public async Task A_job_that_fails_at_the_add_counts_as_ended()
    {
        await Store.Bring("a", JobState.Failed);
        await Store.AddFlow("f", Job("b").DependsOn("a"), Job("c").DependsOn("b"), Job("d"));

        Assert.Equal((3, 1, 0), await Store.CountsOf("f"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Flows_are_listed_latest_first(bool reopened)
    {
        foreach (string id in (string[])["c", "a", "d", "b"])
            await Store.AddFlow(id, Job($"of-{id}"));
        await Store.AddGroups(Batch("more").Extending("c"));
        await Perhaps(reopened);
        await Store.AddFlow("e", Job("of-e"));

        FlowRecord[] all = await Flows();
        Assert.Equal(["e", "b", "d", "a", "c"], all.Select(flow => flow.Id));
        IReadOnlyList<FlowRecord> page = await Store.Store.FlowsAsync(null, 2, Cancellation);
        Assert.Equal(all[..2], page);
        Assert.Equal(all[2..4], await Store.Store.FlowsAsync(page[1].Number, 2, Cancellation));
        Assert.Equal(all[4..], await Store.Store.FlowsAsync(all[3].Number, 2, Cancellation));
        Assert.Empty(await Store.Store.FlowsAsync(all[4].Number, 2, Cancellation));
        await Store.Do(JobCommand.Remove, "of-d");
        Assert.Equal(["a", "c"], (await Store.Store.FlowsAsync(all[1].Number, 2, Cancellation)).Select(flow => flow.Id));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1_000)]
    public async Task Its_jobs_are_paged_in_order_of_adding_whatever_their_states(int take)
    {
        string[] ids = [.. Enumerable.Range(0, 25).Select(i => $"job-{i}")];
        await Store.AddFlow("f", [.. Batch(ids).Select((job, i) => job.WithPriority(25 - i))]);
        await Store.AddFlow("g", Job("of-g"));
        await Store.End("job-7");
        await Store.Do(JobCommand.Cancel, "job-3");

        List<string> seen = [];
        for (PageKey? after = null; ;)
        {
            StorePage page = await Store.Store.FlowJobsAsync("f", after, take, JobParts.None, Cancellation);
            Assert.InRange(page.Jobs.Count, 0, take);
            seen.AddRange(page.Jobs.Ids());
            if (seen.Count == 7)
                await Store.Do(JobCommand.Remove, "job-6");
            if ((after = page.Next) is null)
                break;
        }

        Assert.Equal(ids, seen);
    }

    [Fact]
    public async Task The_jobs_of_a_page_are_read_with_the_parts_asked_for()
    {
        await Store.AddFlow("f", Job("a").WithPayload(Bytes("payload")), Job("b").DependsOn("a").OnDependencyFailure(OnDependencyFailure.Wait));

        StorePage bare = await Store.Store.FlowJobsAsync("f", null, 10, JobParts.None, Cancellation);
        StorePage full = await Store.Store.FlowJobsAsync("f", null, 10, JobParts.All, Cancellation);

        Assert.Equal((true, 0), (bare.Jobs[0].Payload.IsEmpty, bare.Jobs[1].Dependencies.Count));
        Assert.Equal("payload", full.Jobs[0].Payload.Text());
        Assert.Equal(new DependencyRecord(new(DefaultQueue, "a"), DependencyStatus.Open), Assert.Single(full.Jobs[1].Dependencies));
        Assert.Equal(OnDependencyFailure.Wait, full.Jobs[1].OnDependencyFailure);
    }

    [Fact]
    public async Task Ten_thousand_jobs_in_one_flow()
    {
        string[] ids = [.. Enumerable.Range(0, 10_000).Select(i => $"job-{i}")];
        await Store.AddFlow("f", [.. ids.Select((id, i) => i == 0 ? Job(id) : Job(id).DependsOn($"job-{(i - 1) / 10}"))]);

        Assert.Equal((10_000, 10_000, 0), await Store.CountsOf("f"));
        await Store.End("job-0");
        Assert.Equal((10_000, 9_999, 1), await Store.CountsOf("f"));
        Assert.Equal(ids[1..11], await Store.Page(JobState.Waiting));
    }

    [Fact]
    public async Task A_lost_reply_to_a_flow_is_cured_by_sending_again_in_a_new_session()
    {
        AddGroup flow = new[] { Job("a"), Job("b").DependsOn("a") }.InFlow("f");
        await Store.AddGroups(flow);
        await Store.End("a");
        await Store.Do(JobCommand.Remove, "a");
        await Store.Store.CloseAsync(Store.Steps.Session, Cancellation);
        StoreDriver anew = await StoreDriver.OpenAsync(Store.Store);

        Assert.Equal("a Created, b Created", Described(Assert.Single(await anew.AddGroups(flow))));

        Assert.Equal((1, 1, 0), await Store.CountsOf("f"));
        Assert.Equal(1, (await Store.Counts()).ByState.Sum());
    }

    private Task Perhaps(bool reopened) => reopened ? Reopen() : Task.CompletedTask;

    private async Task<FlowRecord[]> Flows() => [.. await Store.Store.FlowsAsync(null, 1_000, Cancellation)];

    private async Task<IReadOnlyList<JobRecord>> Jobs(string flow) =>
        (await Store.Store.FlowJobsAsync(flow, null, 1_000, JobParts.All, Cancellation)).Jobs;

    private static string Described(GroupReply reply) => string.Join(", ", reply.Jobs.Select(job => $"{job.Id} {job.Outcome}"));
}
