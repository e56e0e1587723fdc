namespace AsyncMQ.InMemory;

/// <summary>How a job hangs together with others: only for jobs that depend on others, that others depend on, or that belong to a flow.</summary>
internal sealed class JobLinks
{
    /// <summary>The jobs that it depends on, in the order given.</summary>
    public Edge[] Edges { get; set; } = [];

    public int OpenEdges { get; set; }

    public OnDependencyFailure Policy { get; set; }

    /// <summary>How long after its release it may start.</summary>
    public TimeSpan Delay { get; set; }

    public DateTimeOffset? RunAt { get; set; }

    /// <summary>The jobs that depend on it; null: nobody ever did.</summary>
    public Dependents? Dependents { get; set; }

    public StoredFlow? Flow { get; set; }
}
