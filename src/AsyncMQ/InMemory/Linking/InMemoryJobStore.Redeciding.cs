using AsyncMQ.Storage;

namespace AsyncMQ.InMemory;

/// <content>A person's word on a job with dependencies: its retry, and its release in spite of them.</content>
internal sealed partial class InMemoryJobStore
{
    /// <summary>Whether one of its dependencies would fail it at once, were it retried now.</summary>
    private static bool WouldFailAgain(JobEntry entry)
    {
        if (entry.Extras?.Links is not { Policy: OnDependencyFailure.Fail } links)
            return false;

        foreach (Edge edge in links.Edges)
        {
            bool isSatisfied = edge.Status == DependencyStatus.Satisfied;
            if (!isSatisfied && DependencyRules.Decide(edge.StateOfDependency, links.Policy) == DependencyStatus.Broken)
                return true;
        }

        return false;
    }

    /// <summary>A job that had ended is retried: it decides anew on what it depends on, and what of its end was not spread yet is taken back.</summary>
    /// <returns>True when a dependency holds it back.</returns>
    private static bool ReopenLinks(JobEntry entry)
    {
        JobLinks links = entry.Extras!.Links!;
        if (links.Dependents?.Effect is { } effect)
            (effect.Next, effect.Of.Effect) = (null, null);
        links.Flow?.Count(entry.State, JobState.Waiting);

        foreach (Edge edge in links.Edges)
        {
            if (edge.Of is { } of)
                of.Unended++;
            if (edge.Status != DependencyStatus.Satisfied)
                edge.Become(DependencyRules.Decide(edge.StateOfDependency, links.Policy));
        }

        return links.OpenEdges > 0;
    }

    /// <summary>Releases a job when nothing but a person can: none of its open dependencies will end, or is about to be decided.</summary>
    private bool TryLetGo(JobEntry entry)
    {
        JobLinks links = entry.Extras!.Links!;
        foreach (Edge edge in links.Edges)
        {
            if (edge.Status == DependencyStatus.Open && !WaitsForPerson(edge, links.Policy))
                return false;
        }

        foreach (Edge edge in links.Edges)
        {
            if (edge.Status == DependencyStatus.Open)
                edge.Become(DependencyStatus.Broken);
        }

        Release(entry);
        return true;
    }

    private static bool WaitsForPerson(Edge edge, OnDependencyFailure policy) =>
        edge.StateOfDependency is not { } state ? policy == OnDependencyFailure.Wait
        : state.IsFinal() && DependencyRules.Decide(state, policy) == DependencyStatus.Open;
}
