namespace AsyncMQ;

/// <summary>A flow as it stands in the store: its graph, and how far it is.</summary>
public sealed record FlowInfo
{
    /// <summary>The flow's id.</summary>
    public required string Id { get; init; }

    /// <summary>When it was added.</summary>
    public DateTimeOffset AddedAt { get; init; }

    /// <summary>Its jobs that are on record, each behind those it depends on: in the order in which they were added.</summary>
    public required IReadOnlyList<FlowJob> Jobs { get; init; }

    /// <summary>True when all its jobs have ended.</summary>
    public bool IsEnded => Jobs.All(job => job.State.IsFinal());

    /// <summary>True when one of its jobs failed, expired or was cancelled.</summary>
    public bool HasFailed => Jobs.Any(job => job.State is JobState.Failed or JobState.Expired or JobState.Cancelled);

    /// <summary>How many of its jobs are in a state.</summary>
    public long this[JobState state] => Jobs.Count(job => job.State == state);

    /// <summary>One of its jobs; null: it is none of this flow, or gone.</summary>
    public FlowJob? this[JobRef job] => Jobs.FirstOrDefault(own => own.Ref == job);
}

/// <summary>A job of a flow, and what it depends on.</summary>
public sealed record FlowJob
{
    /// <summary>Queue and id.</summary>
    public required JobRef Ref { get; init; }

    /// <summary>The job's name.</summary>
    public required string Name { get; init; }

    /// <summary>Its state.</summary>
    public required JobState State { get; init; }

    /// <summary>The last progress that its handler reported; null: none.</summary>
    public JobProgress? Progress { get; init; }

    /// <summary>Its last error; null: none.</summary>
    public JobError? Error { get; init; }

    /// <summary>What it depends on, in the order given; also jobs outside of the flow.</summary>
    public IReadOnlyList<FlowDependency> Dependencies { get; init; } = [];

    /// <summary>What becomes of it when one of those does not complete.</summary>
    public OnDependencyFailure OnDependencyFailure { get; init; }

    /// <summary>What holds it back now: those of its dependencies that are open, while it waits for them.</summary>
    public IEnumerable<FlowDependency> BlockedBy =>
        State == JobState.WaitingChildren ? Dependencies.Where(dependency => dependency.Status == DependencyStatus.Open) : [];
}

/// <summary>A job that a job of a flow depends on.</summary>
/// <param name="Job">The job; in the flow or outside.</param>
/// <param name="Status">How the two stand. Open although it has ended: the dependent's policy is to wait, and a person must decide.</param>
/// <param name="State">The state of the job with that name; null: there is none any more.</param>
public readonly record struct FlowDependency(JobRef Job, DependencyStatus Status, JobState? State)
{
    /// <summary>True when its record is gone: removed, or old enough to go by retention.</summary>
    public bool IsGone => State is null;
}
