using System.Collections.Concurrent;
using AsyncMQ.Conformance.Working;
using static AsyncMQ.Conformance.Flows.FlowShapes;

namespace AsyncMQ.Conformance.Flows;

/// <summary>Workers run flows: each job once, behind all that it comes after. Source: F-05, F-07, F-12.</summary>
public abstract class FlowRunningTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    [Trait("reference", "F-05")]
    public async Task A_diamond_runs_in_its_order_though_nobody_polls()
    {
        var ran = new Ledger();
        await using AsyncMQHost mq = await Store.Start(mq => mq.AddHandler("work", ran.Note).AddSleepyWorker());

        FlowHandle flow = await mq.Client.AddFlowAsync(Diamond());
        await flow.Jobs[^1].Ends();

        Assert.Equal("split", ran.Started[0]);
        Assert.Equal(["a", "b"], ran.Started[1..3].Order());
        Assert.Equal("merge", ran.Started[3]);
        FlowInfo info = await mq.Flow("diamond");
        Assert.Equal((true, false, 4), (info.IsEnded, info.HasFailed, info[JobState.Completed]));
    }

    [Fact]
    public async Task A_chain_of_a_thousand_runs_to_its_end()
    {
        var ran = new Ledger();
        await using AsyncMQHost mq = await Store.Start(mq => mq.AddHandler("work", ran.Note).AddSleepyWorker());

        FlowHandle flow = await mq.Client.AddFlowAsync(Chain("chain", Enumerable.Range(0, 1_000).Select(i => $"job-{i}")));
        await flow.Jobs[^1].WaitAsync().WaitAsync(4 * Patience); // a thousand round trips, one after the other

        Assert.Equal(Enumerable.Range(0, 1_000).Select(i => $"job-{i}"), ran.Started);
    }

    [Fact]
    public async Task Three_queues_with_a_worker_each_hand_a_flow_to_each_other()
    {
        var ran = new ConcurrentQueue<JobRef>();
        string[] queues = ["north", "south", "west"];
        var hosts = new List<AsyncMQHost>();
        foreach (string queue in queues)
            hosts.Add(await Store.Start(mq => mq.AddHandler("work", (context, _) => Note(context, ran)).AddSleepyWorker(queue)));
        var flow = new Flow("f");
        IReadOnlyList<FlowNode> before = [];
        for (int i = 0; i < 10; i++)
        {
            IReadOnlyList<FlowNode> layer = flow.FanOut([.. queues.Select(queue => JobSpec.Of("work", null, Id($"{i}-of-{queue}")) with { Queue = queue })], before);
            before = layer;
        }

        FlowHandle added = await hosts[0].Client.AddFlowAsync(flow);
        foreach (JobHandle job in added.Jobs)
            await job.Ends();

        Assert.Equal(30, ran.Count);
        Assert.Equal(Enumerable.Range(0, 30).Select(i => (char)('0' + (i / 3))), ran.Select(job => job.Id[0]));
        Assert.All(ran, job => Assert.EndsWith(job.Queue, job.Id, StringComparison.Ordinal));
        foreach (AsyncMQHost host in hosts)
            await host.DisposeAsync();
    }

    [Fact]
    public async Task Ten_thousand_jobs_run_each_once_and_behind_all_that_they_come_after()
    {
        var random = new Random(11);
        var flow = new Flow("large");
        var after = new int[10_000][];
        for (int i = 0; i < after.Length; i++)
        {
            after[i] = i < 50 ? [] : [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next(i)).Distinct()];
            flow.Add("work", [i], after: [.. after[i].Select(other => flow.Nodes[other])]);
        }

        int[] runs = new int[after.Length];
        bool[] done = new bool[after.Length];
        var tooEarly = new ConcurrentQueue<int>();
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddHandler("work", (context, _) =>
            {
                int own = context.Args[0].GetInt32();
                Interlocked.Increment(ref runs[own]);
                if (!after[own].All(other => Volatile.Read(ref done[other])))
                    tooEarly.Enqueue(own);
                Volatile.Write(ref done[own], true);
                return Task.CompletedTask;
            })
            .AddWorker(DefaultQueue, worker => worker.Concurrency = 64));

        await mq.Client.AddFlowAsync(flow);
        await Clients.Until(async () => (await mq.Client.GetFlowsAsync()).Flows.Single().IsEnded);

        Assert.All(runs, count => Assert.Equal(1, count));
        Assert.Empty(tooEarly);
        Assert.Equal(10_000, (await mq.Flow("large"))[JobState.Completed]);
    }

    [Fact]
    public async Task A_delay_and_a_time_to_live_count_from_the_release()
    {
        var ran = new Ledger();
        await using AsyncMQHost mq = Store.Host();
        var flow = new Flow("f");
        FlowNode first = flow.Add("work", options: Id("first"));
        flow.Add("work", options: new() { JobId = "later", Delay = 1.Hours(), TimeToLive = 2.Hours() }, after: [first]);
        flow.Add("work", options: new() { JobId = "short-lived", TimeToLive = 1.Hours() }, after: [first]);
        await mq.Client.AddFlowAsync(flow);
        await Store.Advance(5.Hours());
        await Store.Maintain();
        Assert.Equal("first Waiting, later WaitingChildren, short-lived WaitingChildren", await mq.StatesOf("f"));
        await mq.Queue().PauseAsync();
        await mq.Queue().ResumeAsync();

        await Store.End("first");

        Assert.Equal("first Completed, later Delayed, short-lived Waiting", await mq.StatesOf("f"));
        JobInfo later = await mq.Get(Ref("later"));
        Assert.InRange((later.DueAt!.Value - await Store.Now()).TotalMinutes, 55, 60);
        await Store.Advance(1.Hours() + 30.Minutes());
        await Store.Maintain();
        Assert.Equal(JobState.Expired, await Store.StateOf("short-lived"));
        await using AsyncMQHost worker = await Store.Start(mq => mq.AddHandler("work", ran.Note).AddWorker(DefaultQueue));
        await Store.Until(Ref("later"), JobState.Completed);
        Assert.Equal(["later"], ran.Started);
    }

    [Fact]
    [Trait("reference", "F-08")]
    public async Task Each_policy_decides_what_a_failure_means_to_a_job()
    {
        var ran = new ConcurrentQueue<string>();
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddHandler("fails", (_, _) => throw new InvalidOperationException("the disk is full"))
            .AddHandler("work", async (context, token) =>
            {
                DependencyResult failed = (await context.GetDependenciesAsync(token))[0];
                ran.Enqueue($"{context.Id} saw {failed.State}: {failed.Error?.Message}");
            })
            .AddSleepyWorker());
        var flow = new Flow("f");
        FlowNode[] bad = [flow.Add("fails", options: Id("bad"))];
        FlowNode failing = flow.Add("work", options: Id("failing"), after: bad);
        flow.Add("work", options: Id("going-on", OnDependencyFailure.Continue), after: bad);
        flow.Add("work", options: Id("waiting", OnDependencyFailure.Wait), after: bad);
        flow.Add("work", options: Id("behind"), after: [failing]);

        FlowHandle added = await mq.Client.AddFlowAsync(flow);
        await added.Jobs[2].Ends();
        JobNotCompletedException failure = await added.Jobs[4].EndsOtherwise();

        Assert.Equal(["going-on saw Failed: the disk is full"], ran);
        Assert.Equal("bad Failed, failing Failed, going-on Completed, waiting WaitingChildren, behind Failed", await mq.StatesOf("f"));
        Assert.Equal("Job default/failing, which this job depends on, failed.", failure.Error!.Message);
        Assert.Empty((await mq.Get(Ref("behind"))).Attempts);
        Assert.Equal(JobChangeOutcome.DependencyFailed, (await mq.Queue().RetryJobAsync("failing")).Outcome);

        Assert.Equal(JobChangeOutcome.Done, (await mq.Queue().PromoteJobAsync("waiting")).Outcome);
        await added.Jobs[3].Ends();
        Assert.Equal("waiting saw Failed: the disk is full", ran.Last());
    }

    private static Task Note(JobContext context, ConcurrentQueue<JobRef> ran)
    {
        ran.Enqueue(context.Ref);
        return Task.CompletedTask;
    }
}
