namespace AsyncMQ.Faults.Kit;

/// <summary>A flow, as a test wants it.</summary>
/// <param name="id">Its id, which the ids of its nodes begin with.</param>
internal sealed class FlowPlan(string id)
{
    /// <summary>What the handler of a node that is to fail says.</summary>
    public const string Failure = "This node is to fail.";

    private readonly List<NodePlan> nodes = [];

    public string Id => id;

    /// <summary>The nodes, each behind those that it depends on.</summary>
    public IReadOnlyList<NodePlan> Nodes => nodes;

    /// <summary>The ids of those that are there from the first.</summary>
    public IEnumerable<string> Added => nodes.Where(node => node.GrownBy is null).Select(node => node.Id);

    /// <summary>Puts in a node by its name in the flow.</summary>
    public FlowPlan Node(string name, string queue, params string[] after) =>
        Put(new($"{id}-{name}", queue, [.. after.Select(other => $"{id}-{other}")], OnDependencyFailure.Fail, Fails: false));

    public FlowPlan Put(NodePlan node)
    {
        nodes.Add(node);
        return this;
    }

    /// <summary>The flow, to be added.</summary>
    public Flow Build()
    {
        var flow = new Flow(id);
        Dictionary<string, FlowNode> built = [];
        ILookup<string?, string> grown = nodes.ToLookup(node => node.GrownBy, node => node.Id);
        foreach (NodePlan node in nodes.Where(node => node.GrownBy is null))
            built.Add(node.Id, flow.Add(JobOf(node, grown[node.Id].FirstOrDefault() ?? ""), [.. node.DependsOn.Select(other => built[other])]));
        return flow;
    }

    /// <summary>What the handler of a node adds to its flow: a node behind its own.</summary>
    public static Flow Grow(string flow, JobRef by, string id)
    {
        var more = new Flow(flow);
        more.Add(JobOf(new(id, by.Queue, [by.Id], OnDependencyFailure.Fail, Fails: false), "", [by]));
        return more;
    }

    private static JobSpec JobOf(NodePlan node, string grows, IReadOnlyList<JobRef>? dependsOn = null) =>
        JobSpec.Of("node", [node.Fails, grows], new() { JobId = node.Id, OnDependencyFailure = node.Policy, DependsOn = dependsOn }) with { Queue = node.Queue };
}
