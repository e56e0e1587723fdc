namespace AsyncMQ;

/// <summary>One job that another depends on.</summary>
/// <param name="Job">The job that it depends on; its record may be gone.</param>
/// <param name="Status">How the two stand.</param>
public readonly record struct JobDependency(JobRef Job, DependencyStatus Status);

/// <summary>How a job stands to one that it depends on.</summary>
public enum DependencyStatus : byte
{
    /// <summary>It holds the job back: it has not ended; or it has not completed and will not by itself, and the job's policy is to wait.</summary>
    Open = 0,

    /// <summary>It completed.</summary>
    Satisfied = 1,

    /// <summary>It failed, expired, was cancelled or removed, and the job's policy decided: the job failed, or goes on without it.</summary>
    Broken = 2,
}
