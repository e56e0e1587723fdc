using static AsyncMQ.Conformance.BadCall;

namespace AsyncMQ.Conformance;

/// <summary>Dependencies and flows that must be refused, and calls on flows. Source: F-01, where a cycle was accepted and never ran.</summary>
public static class BadFlows
{
    public static TheoryData<string> Names => NamesOf(All);

    public static IReadOnlyList<BadCall> All { get; } =
    [
        .. BadTexts.Ids.Select(bad => Argument($"a flow id {bad.What}", mq => mq.Client.AddFlowAsync(One(bad.Text)), "A flow id", bad.Says)),
        Argument("a flow id of digits", mq => mq.Client.AddFlowAsync(One("20310301")), "Flow id '20310301' is all digits", "for example 'flow-20310301'"),
        Argument("a flow id with an at sign before", mq => mq.Client.AddFlowAsync(One("@f")), "begins with '@'"),
        Null("a flow without an id", mq => mq.Client.AddFlowAsync(One(null!))),
        .. BadTexts.Names.Select(bad => Argument($"a dependency in a queue {bad.What}", mq => mq.Client.AddAsync("a", [Secret], On(new JobRef(bad.Text, "waiting"))), "The queue of a dependency", bad.Says)),
        .. BadTexts.Ids.Select(bad => Argument($"a dependency on an id {bad.What}", mq => mq.Client.AddAsync("a", [Secret], On(Default(bad.Text))), "The id of a dependency", bad.Says)),
        Argument("a dependency that is default(JobRef)", mq => mq.Client.AddAsync("a", [Secret], On(default(JobRef))), "needs a queue and an id, as JobHandle.Ref has them"),
        Argument("a dependency without an id", mq => mq.Client.AddAsync("a", [Secret], On(new JobRef("default", null!))), "needs a queue and an id"),
        Argument("1 001 dependencies", mq => mq.Client.AddAsync("a", [Secret], On([.. Many(1_001)])), "at most 1000 others, but got 1001"),
        Argument("a dependency on itself", mq => mq.Queue("q").AddAsync("a", [Secret], new() { JobId = "own", DependsOn = [new("q", "own")] }), "Job 'own' of queue 'q' depends on itself"),
        Argument("dependencies of one that is to be kept", mq => mq.Client.AddAsync("a", [Secret], new() { DependsOn = [Default("waiting")], Deduplication = new("d") { KeepLastIfActive = true } }), "DependsOn and KeepLastIfActive are both set", "give one of them"),
        OutOfRange("a policy that is none", mq => mq.Client.AddAsync("a", [Secret], new() { OnDependencyFailure = (OnDependencyFailure)3 }), "must be Fail, Continue or Wait, but was 3"),
        Refused("a dependency that does not exist", mq => mq.Client.AddAsync("a", [Secret], On(Default("waiting"), Default("nobody"))), "depends on default/nobody, which does not exist"),
        Refused("a dependency that exists in another queue", mq => mq.Client.AddAsync("a", [Secret], On(new JobRef("mail", "waiting"))), "depends on mail/waiting, which does not exist"),
        Refused("a bulk with a dependency on a later job of it", mq => mq.Client.AddBulkAsync([Spec("one", Default("two")), Spec("two")]), "Job default/one depends on default/two, which does not exist", "before it in the same bulk"),
        Argument("a bulk with over 100 000 dependencies", mq => mq.Client.AddBulkAsync([.. Enumerable.Range(0, 101).Select(i => Spec($"job-{i}", [.. Many(1_000)]))]), "at most 100000 dependencies in all, but got 101000"),
        Argument("a bulk with a job that depends on itself", mq => mq.Client.AddBulkAsync([Spec("one"), Spec("two", Default("two"))]), "Job 1 of the bulk: Job 'two' of queue 'default' depends on itself"),

        Null("no flow", mq => mq.Client.AddFlowAsync(null!)),
        Null("no flow to add to another", mq => mq.Client.AddToFlowAsync(null!)),
        Argument("a flow without jobs", mq => mq.Client.AddFlowAsync(new Flow("f")), "Flow 'f' has no jobs. Add at least one"),
        Argument("a flow of 10 001 jobs", Add(flow => flow.FanOut([.. Enumerable.Repeat(JobSpec.Of("a", [Secret]), 10_001)])), "at most 10000 jobs, but 'f' has 10001", "AddToFlowAsync"),
        TooLarge("a flow over 16 MiB", Add(flow => flow.FanOut([.. Enumerable.Repeat(JobSpec.Of("a", [new string('x', 1_000_000)]), 17)])), "Flow 'f' is 17000068 bytes, over the limit of 16777216"),
        TooLarge("a flow with a job over the limit", Add(flow => flow.FanOut([JobSpec.Of("a"), JobSpec.Of("big", [new string('x', 1 << 20)])])), "Job 2 ('big') of flow 'f' is 1048580 bytes, over the limit of 1048576"),
        Argument("a flow with a node behind 1 001 others", Add(flow => flow.FanIn(JobSpec.Of("merge"), flow.FanOut([.. Enumerable.Repeat(JobSpec.Of("a", [Secret]), 1_001)]))), "Job 1002 ('merge') of flow 'f' comes after 1001 others, but at most 1000 are allowed"),
        Argument("a flow with a node behind 1 000 nodes and a job outside", Add(flow => flow.Add("merge", options: On(Default("waiting")), after: flow.FanOut([.. Enumerable.Repeat(JobSpec.Of("a"), 1_000)]))), "comes after 1001 others"),
        Argument("a flow with 101 000 edges", Add(flow => flow.FanOut([.. Enumerable.Repeat(JobSpec.Of("b"), 101)], flow.FanOut([.. Enumerable.Repeat(JobSpec.Of("a"), 1_000)]))), "Flow 'f' has 101000 edges, but at most 100000 are allowed"),

        Argument("a cycle of two", Add(flow => { FlowNode a = flow.Add(Spec("a")), b = flow.Add(Spec("b"), [a]); a.After(b); }), "Flow 'f' has a cycle", "a → b → a (each comes after the next)"),
        Argument("a cycle of one", Add(flow => { FlowNode a = flow.Add("etl"); a.After(a); }), "a cycle", "etl (job 1) → etl (job 1)"),
        Argument("a cycle behind a chain", Add(flow => { FlowNode b = flow.Chain([Spec("x"), Spec("y"), Spec("b")]); FlowNode d = flow.Chain([Spec("c"), Spec("d")], [b]); b.After(d); flow.Add(Spec("z"), [d]); }), "b → d → c → b"),
        Argument("a cycle by DependsOn", Add(flow => { flow.Add(Spec("a", Default("b"))); flow.Add(Spec("b", Default("a"))); }), "a → b → a"),
        Argument("a cycle by documents over two queues", Add(flow => { FlowNode a = flow.Add(JobSpec.FromJson("""{"task":"t","queue":"mail","job_id":"a"}""")); flow.Add(Spec("b"), [a]); a.After(flow.Add(JobSpec.FromJson("""{"task":"t","queue":"mail","job_id":"c","depends_on":["a"]}"""))); }), "a → c → a"),
        Argument("a cycle of ten thousand", Add(flow => { FlowNode a = flow.Add("a"); a.After(flow.Chain([.. Enumerable.Repeat(JobSpec.Of("b"), 9_999)], [a])); }), "a cycle", "… (9992 more)"),
        Argument("a cycle in jobs for a flow that is there", async mq => await mq.Client.AddToFlowAsync(Of(flow => { FlowNode a = flow.Add("a"); a.After(a); })), "a cycle"),

        Argument("a flow with an id twice", Add(flow => { flow.Add(Spec("a")); flow.Add("b"); flow.Add(Spec("a")); }), "Jobs 1 and 3 of flow 'f' have the same id, default/a"),
        Refused("a flow with the id of a job that is there", Add(flow => flow.Chain([Spec("new"), Spec("waiting")])), "Job default/waiting exists already", "a job of a flow needs an id of its own"),
        Refused("a flow with the id of a job that has ended", Add(flow => flow.Chain([Spec("new"), Spec("completed")])), "Job default/completed exists already"),
        Refused("a flow that depends on a job outside that does not exist", Add(flow => { flow.Add(Spec("new")); flow.Add(Spec("other", Default("nobody"))); }), "Job default/other depends on default/nobody, which does not exist; nothing was added"),
        Refused("jobs for a flow that does not exist", mq => mq.Client.AddToFlowAsync(One("nobody:1")), "Flow 'nobody:1' does not exist"),

        Argument("a node behind one of another flow", Add(flow => flow.Add("a", after: [Of(other => other.Add("b")).Nodes[0]])), "Job 'b' is a node of another flow, 'f'", "by its JobRef in DependsOn"),
        Argument("a node that is put behind one of another flow", Add(flow => flow.Add("a").After(new Flow("other").Add(Spec("b")))), "Job 'b' is a node of another flow, 'other', and job 'a' is one of flow 'f'"),
        Argument("a node behind nothing", Add(flow => flow.Add("a", after: [flow.Add("b"), null!])), "Node 1 of those that job 'a' comes after is null"),
        Argument("a node that is put behind nothing", Add(flow => flow.Add("a").After((FlowNode)null!)), "Node 0 of those that job 'a' comes after is null"),
        Null("a node that is put behind no list", Add(flow => flow.Add("a").After((FlowNode[])null!))),
        Argument("a node with deduplication", Add(flow => flow.Add("a", [Secret], new() { Deduplication = new("d") })), "A job of a flow cannot have Deduplication", "JobId"),
        Argument("a document with deduplication as a node", Add(flow => flow.Add(JobSpec.FromJson("""{"task":"t","deduplication":{"id":"d"}}"""))), "cannot have Deduplication"),
        Argument("a node with a bad name", Add(flow => flow.Add("two words")), "A job name must not contain white space"),
        Argument("a node with a bad type", Add(flow => { flow.Add("a"); flow.Add(new Nameless()); }), "Job 2 ('Nameless') of flow 'f': ", "has no [Job(\"name\")] attribute"),
        Argument("a node with contradicting options", Add(flow => flow.Add("a", [Secret], new() { Delay = 1.Seconds(), RunAt = DateTimeOffset.UnixEpoch })), "Job 1 ('a') of flow 'f': Delay and RunAt are both set"),
        Argument("a node that depends on itself", Add(flow => flow.Add(Spec("own", Default("own")))), "Job 1 ('own') of flow 'f': Job 'own' of queue 'default' depends on itself"),
        Null("a node without a spec", Add(flow => flow.Add((JobSpec)null!))),
        Null("a node without a typed job", Add(flow => flow.Add((IJob)null!))),
        Null("a node without a name", Add(flow => flow.Add((string)null!))),
        Argument("a chain of nothing", Add(flow => flow.Chain([])), "A chain needs at least one job"),
        Argument("a fan-out of nothing", Add(flow => flow.FanOut([], after: [flow.Add("a")])), "A fan-out needs at least one job"),
        Argument("a fan-in of nothing", Add(flow => flow.FanIn(JobSpec.Of("a"), [])), "A fan-in needs at least one job"),
        Null("a chain of no list", Add(flow => flow.Chain(null!))),
        Null("a fan-out of no list", Add(flow => flow.FanOut(null!))),
        Null("a fan-in of no list", Add(flow => flow.FanIn(JobSpec.Of("a"), null!))),
        Null("a chain with a hole", Add(flow => flow.Chain([JobSpec.Of("a"), null!]))),

        Null("no flow to get", mq => mq.Client.GetFlowAsync(null!)),
        Null("no flow to cancel", mq => mq.Client.CancelFlowAsync(null!)),
        Null("no flow to retry", mq => mq.Client.RetryFlowAsync(null!)),
        Null("no flow to remove", mq => mq.Client.RemoveFlowAsync(null!)),
        OutOfRange("a page of no flows", mq => mq.Client.GetFlowsAsync(new() { Take = 0 }), "Take must be 1 to 1 000, but was 0"),
        OutOfRange("a page of all flows", mq => mq.Client.GetFlowsAsync(new() { Take = int.MaxValue }), "Take must be 1 to 1 000"),
        .. new[] { "", "x", "-1", "1 ", "9223372036854775808", "😀", new string('1', 100_000) }.Select((place, i) => Argument(
            $"place {i} that is none in the list of flows", mq => mq.Client.GetFlowsAsync(new() { After = place }), "is not a place in the list of flows", "FlowPage.Next")),
        Cancelled("a flow", (mq, token) => mq.Client.AddFlowAsync(One("f"), token)),
        Cancelled("jobs for a flow", (mq, token) => mq.Client.AddToFlowAsync(One("f"), token)),
        Cancelled("a look at a flow", (mq, token) => mq.Client.GetFlowAsync("f", token)),
        Cancelled("a look at all flows", (mq, token) => mq.Client.GetFlowsAsync(null, token)),
        Cancelled("the cancellation of a flow", (mq, token) => mq.Client.CancelFlowAsync("f", token)),
        Cancelled("the retry of a flow", (mq, token) => mq.Client.RetryFlowAsync("f", token)),
        Cancelled("the removal of a flow", (mq, token) => mq.Client.RemoveFlowAsync("f", token)),
    ];

    private static BadCall Refused(string name, Func<AsyncMQHost, Task> call, params string[] says) => new(name, typeof(AddRefusedException), says, call);

    private static BadCall Cancelled(string name, Func<AsyncMQHost, CancellationToken, Task> call) =>
        new($"{name} with a cancelled token", typeof(OperationCanceledException), [], mq => call(mq, new(canceled: true)));

    /// <summary>Builds a flow and adds it.</summary>
    private static Func<AsyncMQHost, Task> Add(Action<Flow> build) => mq => mq.Client.AddFlowAsync(Of(build));

    private static Flow Of(Action<Flow> build)
    {
        var flow = new Flow("f");
        build(flow);
        return flow;
    }

    private static Flow One(string id)
    {
        var flow = new Flow(id);
        flow.Add("a", [Secret]);
        return flow;
    }

    private static JobSpec Spec(string id, params JobRef[] dependsOn) => JobSpec.Of("work", [Secret], new() { JobId = id, DependsOn = dependsOn });

    private static JobOptions On(params JobRef[] dependsOn) => new() { DependsOn = dependsOn };

    private static JobRef Default(string id) => new("default", id);

    private static IEnumerable<JobRef> Many(int count) => Enumerable.Range(0, count).Select(i => Default($"x-{i}"));

    private sealed record Nameless : IJob;
}
