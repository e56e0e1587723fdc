using static AsyncMQ.Conformance.Flows.FlowShapes;

namespace AsyncMQ.Conformance.Flows;

/// <summary>Flows are added whole or not at all, once, and grow. Source: F-01 … F-04, F-06, F-13.</summary>
public abstract class FlowAddTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    [Trait("reference", "F-01, F-02, F-04")]
    public async Task A_flow_is_added_with_a_handle_for_each_node_in_the_users_order()
    {
        await using AsyncMQHost mq = Store.Host();
        var flow = new Flow("f");
        FlowNode merge = flow.Add("merge");
        FlowNode one = flow.Add(new SendWelcome("a@b.c"), Id("one")), two = flow.Add(JobSpec.Of("etl") with { Queue = "etl" });
        merge.After(one, two);

        FlowHandle added = await mq.Client.AddFlowAsync(flow);

        Assert.Equal(("f", AddOutcome.Created, "f (Created)"), (added.Id, added.Outcome, added.ToString()));
        Assert.Equal([added[merge], added[one], added[two]], added.Jobs);
        Assert.Equal([DefaultQueue, "mail", "etl"], added.Jobs.Select(job => job.Ref.Queue));
        Assert.All(added.Jobs, job => Assert.Equal(AddOutcome.Created, job.Outcome));
        Assert.Equal(JobState.WaitingChildren, (await mq.Get(added[merge].Ref)).State);
        Assert.Equal(JobState.Waiting, (await mq.Get(Ref("one", "mail"))).State);
        Assert.Equal(JobState.Waiting, (await mq.Get(added[two].Ref)).State);
    }

    [Fact]
    public async Task A_job_says_its_flow_what_it_depends_on_and_its_policy()
    {
        await using AsyncMQHost mq = Store.Host();
        await Store.Bring("done", JobState.Completed);
        var flow = new Flow("f");
        FlowNode first = flow.Add("work", options: Id("first"));
        flow.Add("work", options: new() { JobId = "last", DependsOn = [Ref("done")], OnDependencyFailure = OnDependencyFailure.Wait }, after: [first]);
        await mq.Client.AddFlowAsync(flow);

        JobInfo last = await mq.Get(Ref("last")), plain = await mq.Get(Ref("done"));

        Assert.Equal(("f", OnDependencyFailure.Wait), (last.Flow, last.OnDependencyFailure));
        Assert.Equal([new JobDependency(Ref("first"), DependencyStatus.Open), new(Ref("done"), DependencyStatus.Satisfied)], last.Dependencies);
        Assert.Null(plain.Flow);
        Assert.Empty(plain.Dependencies);
    }

    [Fact]
    public async Task A_flow_added_again_is_a_duplicate_with_the_jobs_that_are_there()
    {
        await using AsyncMQHost mq = Store.Host();
        Flow flow = Named(out FlowNode[] nodes), same = Named(out FlowNode[] others);
        FlowHandle first = await mq.Client.AddFlowAsync(flow);
        await Store.End("two");

        FlowHandle again = await mq.Client.AddFlowAsync(flow), anew = await mq.Client.AddFlowAsync(same);

        Assert.Equal((AddOutcome.Duplicate, AddOutcome.Duplicate), (again.Outcome, anew.Outcome));
        Assert.Equal(first.Jobs, again.Jobs);
        Assert.Equal(first.Jobs, anew.Jobs);
        Assert.Equal(nodes.Select(node => first[node]), others.Select(node => anew[node]));
        Assert.All(again.Jobs, job => Assert.Equal(AddOutcome.Duplicate, job.Outcome));
        Assert.Equal(4, (await mq.Flow("f")).Jobs.Count);
    }

    [Fact]
    public async Task A_duplicate_has_no_handle_for_a_job_that_is_gone_or_another()
    {
        await using AsyncMQHost mq = Store.Host();
        FlowHandle first = await mq.Client.AddFlowAsync(Named(out FlowNode[] nodes));
        await mq.Queue().RemoveJobAsync(first[nodes[0]].Id);
        await mq.Client.AddToFlowAsync(Chain("f", "later"));
        var other = new Flow("f");
        FlowNode[] others = [other.Add("a"), other.Add("b"), other.Add("other"), other.Add("a"), other.Add("a", options: Id("two"))];

        FlowHandle again = await mq.Client.AddFlowAsync(Named(out FlowNode[] same)), second = await mq.Client.AddFlowAsync(other);

        Assert.Equal(first.Jobs.Skip(1), again.Jobs);
        Assert.Contains("no job on record", Assert.Throws<KeyNotFoundException>(() => again[same[0]]).Message, StringComparison.Ordinal);
        Assert.Equal([first[nodes[3]], first[nodes[1]]], second.Jobs.OrderBy(job => job.Id == "two"));
        Assert.Throws<KeyNotFoundException>(() => second[others[2]]);
    }

    [Fact]
    public async Task A_handle_knows_only_the_nodes_that_were_added_with_it()
    {
        await using AsyncMQHost mq = Store.Host();
        Flow flow = Diamond();
        FlowHandle added = await mq.Client.AddFlowAsync(flow);

        Assert.Contains("put in later", Assert.Throws<ArgumentException>(() => added[flow.Add("more")]).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => added[Diamond().Nodes[0]]);
    }

    [Fact]
    public async Task A_flow_grows()
    {
        await using AsyncMQHost mq = Store.Host();
        await mq.Client.AddFlowAsync(Chain("f", "a", "b"));
        var more = new Flow("f");
        FlowNode c = more.Add("work", options: new() { JobId = "c", DependsOn = [Ref("b")] });
        more.Add("work", options: Id("d"), after: [c]);

        FlowHandle added = await mq.Client.AddToFlowAsync(more);

        Assert.Equal(AddOutcome.Created, added.Outcome);
        Assert.Equal(["c", "d"], added.Jobs.Select(job => job.Id));
        Assert.Equal("a Waiting, b WaitingChildren, c WaitingChildren, d WaitingChildren", await mq.StatesOf("f"));
    }

    [Fact]
    public async Task What_was_added_to_a_flow_once_is_not_added_again()
    {
        await using AsyncMQHost mq = Store.Host();
        await mq.Client.AddFlowAsync(Chain("f", "a"));
        await mq.Client.AddToFlowAsync(Chain("f", "b", "c"));
        await Store.End("b");
        await mq.Queue().CancelJobAsync("c");

        FlowHandle again = await mq.Client.AddToFlowAsync(Chain("f", "b", "c", "d"));

        Assert.Equal(["b", "c", "d"], again.Jobs.Select(job => job.Id));
        Assert.Equal("a Waiting, b Completed, c Cancelled, d Failed", await mq.StatesOf("f"));
    }

    [Fact]
    public async Task A_flow_whose_jobs_are_all_gone_can_be_added_anew()
    {
        await using AsyncMQHost mq = Store.Host();
        await mq.Client.AddFlowAsync(Chain("f", "a", "b"));
        await mq.Client.RemoveFlowAsync("f");

        Assert.Equal(AddOutcome.Created, (await mq.Client.AddFlowAsync(Chain("f", "a", "b"))).Outcome);
        Assert.Equal("a Waiting, b WaitingChildren", await mq.StatesOf("f"));
    }

    [Theory]
    [Trait("reference", "F-06, F-08")]
    [InlineData(JobState.Completed, JobState.Waiting)]
    [InlineData(JobState.Active, JobState.WaitingChildren)]
    [InlineData(JobState.Delayed, JobState.WaitingChildren)]
    [InlineData(JobState.Failed, JobState.Failed)]
    [InlineData(JobState.Expired, JobState.Failed)]
    [InlineData(JobState.Cancelled, JobState.Failed)]
    public async Task A_job_added_behind_one_that_is_there_begins_as_that_one_stands(JobState dependency, JobState expected)
    {
        await using AsyncMQHost mq = Store.Host();
        await Store.Bring("first", dependency);

        JobHandle alone = await mq.Client.AddAsync("work", null, new() { DependsOn = [Ref("first")] });
        JobHandle raw = await mq.Client.EnqueueAsync(JobPayload.FromJson("""{"task":"work","depends_on":["first"]}"""));
        var flow = new Flow("f");
        flow.Add("work", options: new() { JobId = "in-a-flow", DependsOn = [Ref("first")] });
        FlowHandle inFlow = await mq.Client.AddFlowAsync(flow);

        Assert.Equal((AddOutcome.Created, expected), (alone.Outcome, (await mq.Get(alone.Ref)).State));
        Assert.Equal((AddOutcome.Created, expected), (raw.Outcome, (await mq.Get(raw.Ref)).State));
        Assert.Equal((AddOutcome.Created, expected), (inFlow.Outcome, (await mq.Get(Ref("in-a-flow"))).State));
        if (expected == JobState.Failed)
            Assert.Contains("default/first, which this job depends on,", (await mq.Get(alone.Ref)).Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Jobs_of_one_bulk_may_depend_on_those_before_them()
    {
        await using AsyncMQHost mq = Store.Host();

        IReadOnlyList<JobHandle> jobs = await mq.Client.AddBulkAsync(
        [
            JobSpec.Of("work", null, Id("a")) with { Queue = "there" },
            JobSpec.Of("work", null, new() { JobId = "b", DependsOn = [Ref("a", "there")] }),
        ]);

        Assert.All(jobs, job => Assert.Equal(AddOutcome.Created, job.Outcome));
        Assert.Equal(JobState.WaitingChildren, await Store.StateOf("b"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_flow_whose_first_answer_is_lost_is_created_once(bool sessionIsLost)
    {
        await using AsyncMQHost mq = Store.Host(new LosesAnAnswer(Store.Store, sessionIsLost));

        FlowHandle added = await mq.Client.AddFlowAsync(Diamond()), more = await mq.Client.AddToFlowAsync(Chain("diamond", "late"));

        Assert.Equal((AddOutcome.Created, AddOutcome.Created), (added.Outcome, more.Outcome));
        Assert.Equal(5, (await mq.Flow("diamond")).Jobs.Count);
    }

    [Fact]
    public async Task Ten_thousand_jobs_with_a_hundred_thousand_edges_are_one_flow()
    {
        await using AsyncMQHost mq = Store.Host();
        var flow = new Flow("large");
        IReadOnlyList<FlowNode> sources = flow.FanOut([.. Enumerable.Range(0, 1_000).Select(_ => JobSpec.Of("source"))]);
        IReadOnlyList<FlowNode> targets = flow.FanOut([.. Enumerable.Range(0, 91).Select(_ => JobSpec.Of("target"))], after: sources);
        flow.FanOut([.. Enumerable.Range(0, 8_909).Select(_ => JobSpec.Of("leaf"))], after: [targets[0]]);

        FlowHandle added = await mq.Client.AddFlowAsync(flow), again = await mq.Client.AddFlowAsync(flow);

        FlowInfo info = await mq.Flow("large");
        Assert.Equal(10_000, info.Jobs.Count);
        Assert.Equal((1_000, 9_000), (info[JobState.Waiting], info[JobState.WaitingChildren]));
        Assert.Equal(99_909, info.Jobs.Sum(job => job.BlockedBy.Count()));
        Assert.Equal(added.Jobs.Select(job => job.Ref), info.Jobs.Select(job => job.Ref));
        Assert.Equal((AddOutcome.Duplicate, 10_000), (again.Outcome, again.Jobs.Count));
        Assert.Equal(10_000, await mq.Client.RemoveFlowAsync("large"));
    }

    /// <summary>The first answer to an add does not arrive, once; with it the session may be closed.</summary>
    private sealed class LosesAnAnswer(IJobStore store, bool sessionIsLost) : BorrowedStore(store)
    {
        private bool isLost;

        public override async ValueTask<AddReply> AddAsync(AddStep step, CancellationToken cancellationToken)
        {
            AddReply reply = await base.AddAsync(step, cancellationToken);
            if (isLost)
                return reply;

            isLost = true;
            if (sessionIsLost)
                await CloseAsync(step.Step.Session, cancellationToken);
            throw new StoreException("The line is down.");
        }
    }

    private static Flow Named(out FlowNode[] nodes)
    {
        var flow = new Flow("f");
        nodes = [flow.Add("a"), flow.Add("a", options: Id("two")), flow.Add("c"), flow.Add("a")];
        nodes[0].After(nodes[2]);
        return flow;
    }
}
