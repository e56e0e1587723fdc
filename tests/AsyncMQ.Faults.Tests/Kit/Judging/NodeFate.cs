namespace AsyncMQ.Faults.Kit;

/// <summary>How a node must end.</summary>
internal enum NodeFate
{
    /// <summary>Its handler completes it.</summary>
    Completed,

    /// <summary>Its handler fails it.</summary>
    Failed,

    /// <summary>It never runs, because a dependency did not complete.</summary>
    FailedUnrun,

    /// <summary>It is never added, because the node that adds it never runs.</summary>
    Absent,
}
