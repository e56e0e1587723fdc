using AsyncMQ.Simulation.Witnessing;

namespace AsyncMQ.Simulation.Wires;

/// <summary>Of those that depend on several, one of three is released one dependency too early.</summary>
internal sealed class EarlyRelease : Mutant
{
    private int jobs;

    public override AddStep Add(AddStep step, Witness witness) =>
        NoDeduplication.Rewrite(step, job => job.DependsOn.Count > 1 && ++jobs % 3 == 0 ? job with { DependsOn = [.. job.DependsOn.SkipLast(1)] } : job);
}

/// <summary>The end of a dependency is not spread to one dependent of ten: it is tied to a job that will not complete.</summary>
internal sealed class LostEffects : Mutant
{
    private int jobs;

    public override AddStep Add(AddStep step, Witness witness)
    {
        JobRef? ended = witness.Lives.FirstOrDefault(life => life.End is JobState.Failed or JobState.Cancelled)?.Ref;
        return NoDeduplication.Rewrite(step, job => ended is { } other && other != job.Ref && WaitsForAll(job, witness) && ++jobs % 10 == 0
            ? job with { DependsOn = [other], OnDependencyFailure = OnDependencyFailure.Wait }
            : job);
    }

    private static bool WaitsForAll(NewJob job, Witness witness) => job.DependsOn.Count > 0 && job.DependsOn.All(other => witness.Find(other) is null or { End: null });
}

/// <summary>A dependency that failed counts as satisfied.</summary>
internal sealed class FailureSatisfies : Mutant
{
    public override AddStep Add(AddStep step, Witness witness) => NoDeduplication.Rewrite(step, job => job with { OnDependencyFailure = OnDependencyFailure.Continue });
}

/// <summary>A dependent waits for a person though its policy says to fail.</summary>
internal sealed class FailureIsForgotten : Mutant
{
    public override AddStep Add(AddStep step, Witness witness) => NoDeduplication.Rewrite(step, job => job with { OnDependencyFailure = OnDependencyFailure.Wait });
}
