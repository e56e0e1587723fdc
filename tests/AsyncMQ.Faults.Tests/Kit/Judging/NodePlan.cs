namespace AsyncMQ.Faults.Kit;

/// <summary>A node of a flow, as a test wants it.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="Queue">Its queue.</param>
/// <param name="DependsOn">The ids of nodes before it.</param>
/// <param name="Policy">What becomes of it when one of those fails.</param>
/// <param name="Fails">True when its handler fails it.</param>
internal sealed record NodePlan(string Id, string Queue, IReadOnlyList<string> DependsOn, OnDependencyFailure Policy, bool Fails);

/// <summary>How a node must end.</summary>
internal enum NodeFate
{
    /// <summary>Its handler completes it.</summary>
    Completed,

    /// <summary>Its handler fails it.</summary>
    Failed,

    /// <summary>It never runs, because a dependency did not complete.</summary>
    FailedUnrun,
}
