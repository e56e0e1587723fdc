using AsyncMQ.Storage;

namespace AsyncMQ.InMemory;

/// <summary>One dependency of one job. Lives as long as the dependent's record.</summary>
/// <param name="dependent">The job that depends.</param>
/// <param name="job">The job that it depends on, for people: its record may be gone.</param>
/// <param name="of">That very record, as others depend on it; null: there was none at the add.</param>
internal sealed class Edge(JobEntry dependent, JobRef job, Dependents? of)
{
    public JobEntry Dependent { get; } = dependent;

    public JobRef Job { get; } = job;

    public Dependents? Of { get; } = of;

    /// <summary>How the dependency stands now, or how it ended; null: it was removed before it ended.</summary>
    public JobState? StateOfDependency => Of?.State;

    public DependencyStatus Status { get; private set; } = DependencyStatus.Satisfied;

    // Links of the list of the dependency's open edges. They belong to Dependents.
    public Edge? Next { get; set; }

    public Edge? Previous { get; set; }

    /// <summary>Changes how the two stand. The dependency's list and the dependent's count of open edges follow.</summary>
    public void Become(DependencyStatus status)
    {
        if (status == Status)
            return;

        JobLinks links = Dependent.Extras!.Links!;
        if (Status == DependencyStatus.Open)
        {
            links.OpenEdges--;
            Of?.Remove(this);
        }

        Status = status;
        if (status == DependencyStatus.Open)
        {
            links.OpenEdges++;
            Of?.Insert(this);
        }
    }

    /// <summary>The dependent's record is removed, and the edge with it.</summary>
    public void Cut()
    {
        if (Status == DependencyStatus.Open)
            Of?.Remove(this);
    }
}
