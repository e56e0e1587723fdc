namespace AsyncMQ.Faults.Kit;

/// <summary>A node of a flow, as a test wants it.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="Queue">Its queue.</param>
/// <param name="DependsOn">The ids of nodes before it.</param>
/// <param name="Policy">What becomes of it when one of those fails.</param>
/// <param name="Fails">True when its handler fails it.</param>
internal sealed record NodePlan(string Id, string Queue, IReadOnlyList<string> DependsOn, OnDependencyFailure Policy, bool Fails)
{
    /// <summary>The id of the node whose handler adds this one to its own flow, and that it depends on; null: it is there from the first.</summary>
    public string? GrownBy { get; init; }
}
