namespace AsyncMQ;

/// <summary>A job of a <see cref="Flow"/>.</summary>
public sealed class FlowNode
{
    private readonly List<FlowNode> dependencies = [];

    internal FlowNode(Flow flow, int index, JobSpec spec)
    {
        Flow = flow;
        Index = index;
        Spec = spec;
    }

    /// <summary>The flow it is a job of.</summary>
    public Flow Flow { get; }

    /// <summary>Its place in the user's order.</summary>
    internal int Index { get; }

    internal JobSpec Spec { get; }

    /// <summary>What it comes after, as said; one may stand twice.</summary>
    internal IReadOnlyList<FlowNode> Dependencies => dependencies;

    /// <summary>Lets the job come after more jobs of the same flow. A cycle is found when the flow is added.</summary>
    /// <param name="nodes">The jobs that must end before this one may start.</param>
    /// <returns>This node.</returns>
    /// <exception cref="ArgumentException">One is a node of another flow.</exception>
    public FlowNode After(params FlowNode[] nodes)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        WaitFor(nodes);
        return this;
    }

    /// <summary>The job's id where it was given one, else its name.</summary>
    public override string ToString() => Spec.Options.JobId ?? Spec.Name ?? Spec.Job!.GetType().Name;

    internal void WaitFor(IReadOnlyList<FlowNode> nodes)
    {
        for (int i = 0; i < nodes.Count; i++)
        {
            if (nodes[i] is not { } node)
                throw new ArgumentException($"Node {i} of those that job '{this}' comes after is null.", nameof(nodes));
            if (node.Flow != Flow)
                throw new ArgumentException(
                    $"Job '{node}' is a node of another flow, '{node.Flow}', and job '{this}' is one of flow '{Flow}'. "
                    + "Put both into one flow, or name the other one by its JobRef in DependsOn.",
                    nameof(nodes));
        }

        dependencies.AddRange(nodes);
    }
}
