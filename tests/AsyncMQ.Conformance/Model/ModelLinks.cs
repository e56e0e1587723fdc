namespace AsyncMQ.Conformance.Model;

/// <summary>One dependency of a job: on that very record, not on what later bears its name.</summary>
internal sealed class ModelEdge(ModelJob dependent, JobRef name, ModelJob? dependency)
{
    public ModelJob Dependent => dependent;

    public JobRef Name => name;

    /// <summary>Null when there was no record any more at the add.</summary>
    public ModelJob? Dependency => dependency;

    public DependencyStatus Status { get; set; }

    /// <summary>The dependency's state at the add, or what its tombstone told; null: it was removed.</summary>
    public JobState? StateAtAdd { get; init; }

    /// <summary>The dependency's state now; null: it is gone.</summary>
    public JobState? StateOfDependency => dependency is { IsOnRecord: true } ? dependency.State : null;
}

/// <summary>The end of a job that has not been spread to its dependents yet.</summary>
internal sealed record ModelEffect(ModelJob Dependency, JobState? Outcome, ModelEdge[] Edges);

/// <summary>A flow: there as long as a job on record bears it.</summary>
internal sealed record ModelFlow(string Id, long Stamp, long Number, DateTimeOffset AddedAt);

internal sealed class ModelSchedule(string queue, string id, DateTimeOffset createdAt)
{
    public string Queue => queue;

    public string Id => id;

    public DateTimeOffset CreatedAt => createdAt;

    /// <summary>The model's own number; which one the store has for it is learnt from the store.</summary>
    public long Revision { get; set; }

    public string Definition { get; set; } = "";

    public DateTimeOffset? Next { get; set; }

    public bool IsPaused { get; set; }

    public long Runs { get; set; }

    public DateTimeOffset? LastFiredAt { get; set; }

    public string? LastJobId { get; set; }

    /// <summary>All of them, in order.</summary>
    public List<OccurrenceRecord> Occurrences { get; } = [];
}
