namespace AsyncMQ.Conformance.Flows;

/// <summary>Flows that several tests use, and words for what they have come to.</summary>
internal static class FlowShapes
{
    public static JobOptions Id(string id, OnDependencyFailure policy = OnDependencyFailure.Fail) => new() { JobId = id, OnDependencyFailure = policy };

    public static JobRef Ref(string id, string queue = DefaultQueue) => new(queue, id);

    /// <summary>Jobs named "work" with these ids.</summary>
    public static JobSpec[] Specs(params IEnumerable<string> ids) => [.. ids.Select(id => JobSpec.Of("work", [id], Id(id)))];

    /// <summary>split → a, b → merge.</summary>
    public static Flow Diamond(string id = "diamond")
    {
        var flow = new Flow(id);
        FlowNode split = flow.Add("work", options: Id("split"));
        flow.FanIn(JobSpec.Of("work", null, Id("merge")), flow.FanOut(Specs("a", "b"), after: [split]));
        return flow;
    }

    /// <summary>a → b → c …</summary>
    public static Flow Chain(string id, params IEnumerable<string> ids)
    {
        var flow = new Flow(id);
        flow.Chain(Specs(ids));
        return flow;
    }

    public static async Task<FlowInfo> Flow(this AsyncMQHost mq, string id)
    {
        FlowInfo? flow = await mq.Client.GetFlowAsync(id);
        Assert.True(flow is not null, $"There is no flow '{id}'.");
        return flow;
    }

    /// <summary>The jobs and their states, in the order of adding: "a Completed, b Waiting".</summary>
    public static string States(this FlowInfo flow) => string.Join(", ", flow.Jobs.Select(job => $"{job.Ref.Id} {job.State}"));

    public static async Task<string> StatesOf(this AsyncMQHost mq, string flow) => (await mq.Flow(flow)).States();

    /// <summary>What holds a job back: "a, b".</summary>
    public static string Blockers(this FlowInfo flow, string id, string queue = DefaultQueue) =>
        string.Join(", ", flow[Ref(id, queue)]!.BlockedBy.Select(dependency => dependency.Job.Id));
}
