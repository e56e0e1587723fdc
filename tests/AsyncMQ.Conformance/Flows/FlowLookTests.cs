using static AsyncMQ.Conformance.Flows.FlowShapes;

namespace AsyncMQ.Conformance.Flows;

/// <summary>A flow as people see it: its graph, how far it is, what holds what back. Source: F-14.</summary>
public abstract class FlowLookTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task A_flow_tells_its_jobs_their_states_and_what_holds_each_back()
    {
        await using AsyncMQHost mq = Store.Host();
        await mq.Client.AddFlowAsync(Diamond());
        await Store.End("split");
        await Store.End("a");

        FlowInfo flow = await mq.Flow("diamond");

        Assert.Equal("split Completed, a Completed, b Waiting, merge WaitingChildren", flow.States());
        Assert.Equal("b", flow.Blockers("merge"));
        Assert.Equal("", flow.Blockers("b"));
        Assert.Equal([new FlowDependency(Ref("a"), DependencyStatus.Satisfied, JobState.Completed), new(Ref("b"), DependencyStatus.Open, JobState.Waiting)], flow[Ref("merge")]!.Dependencies);
        Assert.Equal((2, 1, 1, 0), (flow[JobState.Completed], flow[JobState.Waiting], flow[JobState.WaitingChildren], flow[JobState.Failed]));
        Assert.Equal((false, false), (flow.IsEnded, flow.HasFailed));
        Assert.Equal("work", flow.Jobs[0].Name);
        Assert.Equal((await mq.Client.GetFlowsAsync()).Flows[0].AddedAt, flow.AddedAt);
        Assert.Null(flow[Ref("a", "elsewhere")]);
    }

    [Fact]
    public async Task It_tells_how_it_ended()
    {
        await using AsyncMQHost mq = Store.Host();
        await mq.Client.AddFlowAsync(Chain("well", "a"));
        await mq.Client.AddFlowAsync(Chain("badly", "b", "c"));
        await Store.End("a");
        await Store.End("b", JobState.Failed);

        FlowInfo well = await mq.Flow("well"), badly = await mq.Flow("badly");

        Assert.Equal((true, false), (well.IsEnded, well.HasFailed));
        Assert.Equal((true, true), (badly.IsEnded, badly.HasFailed));
        Assert.Contains("default/b, which this job depends on, failed", badly[Ref("c")]!.Error!.Message, StringComparison.Ordinal);
        Assert.Equal([(true, true), (true, false)], (await mq.Client.GetFlowsAsync()).Flows.Select(flow => (flow.IsEnded, flow.HasFailed)));
    }

    [Fact]
    public async Task It_tells_dependencies_outside_and_those_that_are_gone()
    {
        await using AsyncMQHost mq = Store.Host();
        foreach (string id in (string[])["kept", "removed", "failed"])
            await Store.Add(Job(id).In("outside"));
        var flow = new Flow("f");
        flow.Add("work", options: new()
        {
            JobId = "a",
            DependsOn = [Ref("kept", "outside"), Ref("removed", "outside"), Ref("failed", "outside")],
            OnDependencyFailure = OnDependencyFailure.Wait,
        });
        await mq.Client.AddFlowAsync(flow);
        await Store.End("removed", null, "outside");
        await Store.End("failed", JobState.Failed, "outside");

        FlowJob job = (await mq.Flow("f")).Jobs.Single();

        Assert.Equal([JobState.Waiting, null, JobState.Failed], job.Dependencies.Select(dependency => dependency.State));
        Assert.Equal([false, true, false], job.Dependencies.Select(dependency => dependency.IsGone));
        Assert.Equal(["kept", "removed", "failed"], job.BlockedBy.Select(dependency => dependency.Job.Id));
        Assert.Equal(OnDependencyFailure.Wait, job.OnDependencyFailure);

        await mq.Queue().CancelJobAsync("a");
        Assert.Empty((await mq.Flow("f")).Jobs.Single().BlockedBy);
    }

    [Theory]
    [InlineData("f2")]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("@ :\u202e")]
    public async Task There_is_nothing_to_tell_of_a_flow_that_does_not_exist(string id)
    {
        await using AsyncMQHost mq = Store.Host();
        await mq.Client.AddFlowAsync(Chain("f", "a"));

        Assert.Null(await mq.Client.GetFlowAsync(id));
        Assert.Equal((0, 0, 0), (await mq.Client.CancelFlowAsync(id), await mq.Client.RetryFlowAsync(id), await mq.Client.RemoveFlowAsync(id)));
        Assert.Equal("a Waiting", await mq.StatesOf("f"));
    }

    [Fact]
    public async Task Flows_are_listed_latest_first_in_pages()
    {
        await using AsyncMQHost mq = Store.Host();
        Assert.Empty((await mq.Client.GetFlowsAsync()).Flows);
        for (int i = 0; i < 7; i++)
            await mq.Client.AddFlowAsync(Chain($"flow-{i}", $"a{i}", $"b{i}"));
        await Store.End("a3");

        var ids = new List<string>();
        FlowPage page = new([], null);
        do
        {
            page = await mq.Client.GetFlowsAsync(new() { Take = 3, After = page.Next });
            ids.AddRange(page.Flows.Select(flow => flow.Id));
        }
        while (page.Next is not null);

        Assert.Equal(Enumerable.Range(0, 7).Reverse().Select(i => $"flow-{i}"), ids);
        FlowPage all = await mq.Client.GetFlowsAsync();
        Assert.Null(all.Next);
        Assert.Equal((2, 1, 1, false, false), Counts(all.Flows[3]));
        Assert.Equal((2, 2, 0, false, false), Counts(all.Flows[0]));
    }

    private static (long, long, long, bool, bool) Counts(FlowSummary flow) => (flow.Jobs, flow.Unended, flow.Completed, flow.IsEnded, flow.HasFailed);
}
