namespace AsyncMQ.Simulation.Witnessing;

/// <summary>One dependency of one job, as the witness saw it.</summary>
internal sealed class Tie(Life dependent, JobRef job, Life? of)
{
    public Life Dependent => dependent;

    public JobRef Job => job;

    /// <summary>That very job, not a later one with its id; null: only a tombstone spoke for it.</summary>
    public Life? Of => of;

    public DependencyStatus Status { get; set; }

    public OnDependencyFailure Policy => dependent.Add!.OnDependencyFailure;

    public override string ToString() => $"{of?.ToString() ?? $"{job} (gone)"}: {Status}";
}
