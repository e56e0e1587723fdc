using static AsyncMQ.Conformance.Flows.FlowShapes;

namespace AsyncMQ.Conformance.Flows;

/// <summary>Cancelling, retrying and removing a whole flow, and what a person may do to one of its jobs. Source: F-08, F-14.</summary>
public abstract class FlowChangeTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task Cancelling_a_flow_cancels_what_has_not_ended_and_fails_none()
    {
        await using AsyncMQHost mq = Store.Host();
        await mq.Client.AddFlowAsync(Diamond());
        await mq.Client.AddFlowAsync(Chain("other", "z"));
        await Store.End("split");

        long cancelled = await mq.Client.CancelFlowAsync("diamond");

        Assert.Equal(3, cancelled);
        Assert.Equal("split Completed, a Cancelled, b Cancelled, merge Cancelled", await mq.StatesOf("diamond"));
        Assert.Equal("z Waiting", await mq.StatesOf("other"));
        Assert.Equal(0, await mq.Client.CancelFlowAsync("diamond"));
    }

    [Fact]
    public async Task Cancelling_a_flow_asks_its_running_jobs_to_stop()
    {
        await using AsyncMQHost mq = Store.Host();
        await mq.Client.AddFlowAsync(Diamond());
        Worker worker = await Store.OpenWorker();
        ClaimedJob split = await worker.ClaimOne();

        Assert.Equal(4, await mq.Client.CancelFlowAsync("diamond"));
        Assert.Equal("split Active, a Cancelled, b Cancelled, merge Cancelled", await mq.StatesOf("diamond"));
        await worker.Complete(split);

        Assert.Equal("split Cancelled, a Cancelled, b Cancelled, merge Cancelled", await mq.StatesOf("diamond"));
    }

    [Fact]
    public async Task Retrying_a_flow_runs_what_did_not_complete_again_in_its_order()
    {
        await using AsyncMQHost mq = Store.Host();
        await mq.Client.AddFlowAsync(Diamond());
        await Store.End("split");
        await Store.End("b");
        await Store.End("a", JobState.Failed);
        Assert.Equal("split Completed, a Failed, b Completed, merge Failed", await mq.StatesOf("diamond"));

        long retried = await mq.Client.RetryFlowAsync("diamond");

        Assert.Equal(2, retried);
        Assert.Equal("split Completed, a Waiting, b Completed, merge WaitingChildren", await mq.StatesOf("diamond"));
        await Store.End("a");
        await Store.End("merge");
        Assert.Equal(0, await mq.Client.RetryFlowAsync("diamond"));
    }

    [Fact]
    public async Task Retrying_a_cancelled_flow_brings_all_of_it_back()
    {
        await using AsyncMQHost mq = Store.Host();
        await mq.Client.AddFlowAsync(Diamond());
        await mq.Client.CancelFlowAsync("diamond");

        Assert.Equal(4, await mq.Client.RetryFlowAsync("diamond"));
        Assert.Equal("split Waiting, a WaitingChildren, b WaitingChildren, merge WaitingChildren", await mq.StatesOf("diamond"));
    }

    [Fact]
    public async Task Retrying_a_flow_leaves_what_a_failed_job_outside_holds_back()
    {
        await using AsyncMQHost mq = Store.Host();
        await Store.Bring("outside", JobState.Failed);
        var flow = new Flow("f");
        FlowNode a = flow.Add("work", options: new() { JobId = "a", DependsOn = [Ref("outside")] });
        flow.Add("work", options: Id("b"), after: [a]);
        await mq.Client.AddFlowAsync(flow);
        Assert.Equal("a Failed, b Failed", await mq.StatesOf("f"));

        Assert.Equal(0, await mq.Client.RetryFlowAsync("f"));
        Assert.Equal(new JobChangeReply(JobChangeOutcome.DependencyFailed, JobState.Failed), await mq.Queue().RetryJobAsync("a"));
        await mq.Queue().RetryJobAsync("outside");

        Assert.Equal(2, await mq.Client.RetryFlowAsync("f"));
        Assert.Equal("a WaitingChildren, b WaitingChildren", await mq.StatesOf("f"));
    }

    [Fact]
    public async Task Removing_a_flow_removes_all_of_it_and_nothing_else()
    {
        await using AsyncMQHost mq = Store.Host();
        await mq.Client.AddFlowAsync(Diamond());
        await mq.Client.AddFlowAsync(Chain("other", "z"));
        await mq.Client.AddAsync("work", null, new() { JobId = "outside", DependsOn = [Ref("merge")] });
        await Store.End("split");
        Worker worker = await Store.OpenWorker();
        ClaimedJob a = (await worker.Claim(3)).Single(job => job.Ref.Id == "a");

        Assert.Equal(4, await mq.Client.RemoveFlowAsync("diamond"));

        Assert.Null(await mq.Client.GetFlowAsync("diamond"));
        Assert.Equal(SettleOutcome.Lost, await worker.Complete(a));
        Assert.Equal("z Active", await mq.StatesOf("other"));
        Assert.Equal(JobState.Failed, await Store.StateOf("outside"));
        Assert.Equal(["other"], (await mq.Client.GetFlowsAsync()).Flows.Select(flow => flow.Id));
        Assert.Equal(AddOutcome.Created, (await mq.Client.AddFlowAsync(Diamond())).Outcome);
    }

    [Theory]
    [InlineData(JobCommand.Cancel)]
    [InlineData(JobCommand.Remove)]
    public async Task A_flow_of_many_steps_is_taken_from_its_end_so_that_no_job_fails(JobCommand command)
    {
        await using AsyncMQHost mq = Store.Host();
        var flow = new Flow("long");
        flow.Chain(Specs(Enumerable.Range(0, 2_500).Select(i => $"job-{i}")));
        await mq.Client.AddFlowAsync(flow);

        long changed = command == JobCommand.Cancel ? await mq.Client.CancelFlowAsync("long") : await mq.Client.RemoveFlowAsync("long");

        Assert.Equal(2_500, changed);
        Assert.Equal(0, (await mq.Queue().GetStatsAsync()).Rates.FailedPerMinute);
        Assert.Equal(command == JobCommand.Cancel ? 2_500 : 0, await Store.Count(JobState.Cancelled));
        if (command == JobCommand.Cancel)
            Assert.Equal(2_500, await mq.Client.RetryFlowAsync("long"));
    }

    [Fact]
    public async Task A_change_can_be_stopped_between_its_steps_and_called_again()
    {
        await using AsyncMQHost mq = Store.Host();
        var flow = new Flow("wide");
        flow.FanOut(Specs(Enumerable.Range(0, 2_500).Select(i => $"job-{i}")));
        await mq.Client.AddFlowAsync(flow);
        using var stop = new CancellationTokenSource();
        await using AsyncMQHost stopping = Store.Host(new Meanwhile(Store.Store, afterChange: stop.CancelAsync));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stopping.Client.CancelFlowAsync("wide", stop.Token));

        Assert.Equal(1_000, await Store.Count(JobState.Cancelled));
        Assert.Equal(1_500, await mq.Client.CancelFlowAsync("wide"));
    }

    [Fact]
    public async Task A_cancellation_leaves_alone_what_is_added_to_the_flow_meanwhile()
    {
        await using AsyncMQHost mq = Store.Host(), other = Store.Host();
        await mq.Client.AddFlowAsync(Chain("f", "a", "b"));
        await using AsyncMQHost cancelling = Store.Host(new Meanwhile(Store.Store, atRead: async () =>
        {
            await Store.Advance(1.Seconds());
            await other.Client.AddToFlowAsync(Chain("f", "late"));
        }));

        Assert.Equal(2, await cancelling.Client.CancelFlowAsync("f"));
        Assert.Equal("a Cancelled, b Cancelled, late Waiting", await mq.StatesOf("f"));
    }

    [Fact]
    public async Task A_removal_takes_what_is_added_to_the_flow_meanwhile_and_no_later_flow_of_its_id()
    {
        await using AsyncMQHost other = Store.Host();
        await other.Client.AddFlowAsync(Chain("f", "a", "b"));
        int changes = 0;
        await using AsyncMQHost removing = Store.Host(new Meanwhile(
            Store.Store,
            beforeChange: async () =>
            {
                if (changes == 0)
                    await other.Client.AddToFlowAsync(Chain("f", "late"));
            },
            afterChange: async () =>
            {
                if (++changes == 2)
                    await other.Client.AddFlowAsync(Chain("f", "new"));
            }));

        Assert.Equal(3, await removing.Client.RemoveFlowAsync("f"));
        Assert.Equal((2, "new Waiting"), (changes, await other.StatesOf("f")));
    }

    [Fact]
    public async Task A_person_can_release_a_job_that_waits_for_what_will_not_complete()
    {
        await using AsyncMQHost mq = Store.Host();
        var flow = new Flow("f");
        FlowNode a = flow.Add("work", options: Id("a"));
        flow.Add("work", options: Id("b", OnDependencyFailure.Wait), after: [a]);
        await mq.Client.AddFlowAsync(flow);

        Assert.Equal(JobChangeOutcome.WrongState, (await mq.Queue().PromoteJobAsync("b")).Outcome);
        await Store.End("a", JobState.Failed);
        Assert.Equal(("b", "a"), ((await mq.Flow("f")).Jobs[1].Ref.Id, (await mq.Flow("f")).Blockers("b")));
        Assert.Equal(0, await mq.Queue().PromoteAsync(new()));

        Assert.Equal(1, await mq.Queue().PromoteAsync(new() { States = [JobState.WaitingChildren] }));
        Assert.Equal("a Failed, b Waiting", await mq.StatesOf("f"));
        Assert.Equal([new JobDependency(Ref("a"), DependencyStatus.Broken)], (await mq.Get(Ref("b"))).Dependencies);
    }

    [Fact]
    public async Task Draining_a_queue_that_holds_half_a_flow_fails_what_came_after()
    {
        await using AsyncMQHost mq = Store.Host();
        var flow = new Flow("f");
        FlowNode first = flow.Add(JobSpec.Of("work", null, Id("first")) with { Queue = "half" });
        FlowNode second = flow.Add("work", options: Id("second"), after: [first]);
        flow.Add(JobSpec.Of("work", null, Id("third")) with { Queue = "half" }, [second]);
        flow.Add("work", options: Id("beside", OnDependencyFailure.Continue), after: [first]);
        await mq.Client.AddFlowAsync(flow);

        Assert.Equal(1, await mq.Queue("half").DrainAsync());

        Assert.Equal("second Failed, third Failed, beside Waiting", await mq.StatesOf("f"));
        Assert.Contains("half/first, which this job depends on, was removed", (await mq.Get(Ref("second"))).Error!.Message, StringComparison.Ordinal);
    }

    /// <summary>Something else happens in the middle of a change.</summary>
    private sealed class Meanwhile(IJobStore store, Func<Task>? atRead = null, Func<Task>? beforeChange = null, Func<Task>? afterChange = null) : BorrowedStore(store)
    {
        public override async ValueTask<StorePage> FlowJobsAsync(string flow, PageKey? after, int take, JobParts parts, CancellationToken cancellationToken)
        {
            if (atRead is not null)
                await atRead();
            return await base.FlowJobsAsync(flow, after, take, parts, cancellationToken);
        }

        public override async ValueTask<IReadOnlyList<JobChangeReply>> AdministerJobsAsync(AdministerJobsStep step, CancellationToken cancellationToken)
        {
            if (beforeChange is not null)
                await beforeChange();
            IReadOnlyList<JobChangeReply> replies = await base.AdministerJobsAsync(step, cancellationToken);
            if (afterChange is not null)
                await afterChange();
            return replies;
        }
    }
}
