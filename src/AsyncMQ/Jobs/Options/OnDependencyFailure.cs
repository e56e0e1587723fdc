namespace AsyncMQ;

/// <summary>What becomes of a job when one that it depends on fails, is cancelled, expires or is removed.</summary>
public enum OnDependencyFailure : byte
{
    /// <summary>The job fails too, without having run; its error names the dependency. The default.</summary>
    Fail = 0,

    /// <summary>The dependency counts as satisfied: the job runs when the others have ended.</summary>
    Continue = 1,

    /// <summary>The job goes on waiting: until the dependency is retried and completes, or a person promotes, cancels or removes the job.</summary>
    Wait = 2,
}
