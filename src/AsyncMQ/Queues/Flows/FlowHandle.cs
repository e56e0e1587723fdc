namespace AsyncMQ;

/// <summary>What an add of a flow came to.</summary>
public sealed class FlowHandle
{
    private readonly Flow flow;
    private readonly JobHandle?[] byNode;

    internal FlowHandle(Flow flow, AddOutcome outcome, JobHandle?[] byNode)
    {
        this.flow = flow;
        this.byNode = byNode;
        Outcome = outcome;
        Jobs = [.. byNode.OfType<JobHandle>()];
    }

    /// <summary>The flow's id.</summary>
    public string Id => flow.Id;

    /// <summary>Created; or Duplicate when a flow with this id was there already, and nothing was written.</summary>
    public AddOutcome Outcome { get; }

    /// <summary>
    /// The jobs, in the order in which they were put into the flow. Of one that was there already: those of its jobs that stand for nodes of this one and
    /// are still on record.
    /// </summary>
    public IReadOnlyList<JobHandle> Jobs { get; }

    /// <summary>The job of a node.</summary>
    /// <exception cref="ArgumentException">It is a node of another flow, or was put in after the add.</exception>
    /// <exception cref="KeyNotFoundException">The flow was there already, and its job for this node is not on record any more.</exception>
    public JobHandle this[FlowNode node]
    {
        get
        {
            ArgumentNullException.ThrowIfNull(node);
            if (node.Flow != flow || node.Index >= byNode.Length)
                throw new ArgumentException($"Job '{node}' was not added with this flow: it is a node of another one, or was put in later.", nameof(node));
            return byNode[node.Index]
                ?? throw new KeyNotFoundException($"Flow '{Id}' was there already, and has no job on record for node '{node}': it was removed, or it was another flow.");
        }
    }

    /// <summary>The flow and the outcome, for people to read.</summary>
    public override string ToString() => $"{Id} ({Outcome})";
}
