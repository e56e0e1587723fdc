using AsyncMQ.Sqlite.Records;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Linking;

/// <summary>A person's word on a job with dependencies: its retry, and its release in spite of them.</summary>
internal sealed class Redeciding(Books books, Links links, Releasing releasing)
{
    /// <summary>How a job would stand to its dependencies, were it retried now; null: it has none.</summary>
    public Redecision? Look(JobRow job)
    {
        if (!job.Is(JobFlags.Linked) || links.Find(job.Handle) is not { } link)
            return null;

        List<Edge> edges = links.Edges(job.Handle);
        var statuses = new DependencyStatus[edges.Count];
        for (int i = 0; i < statuses.Length; i++)
        {
            statuses[i] = edges[i].Status == DependencyStatus.Satisfied
                ? DependencyStatus.Satisfied
                : DependencyRules.Decide(StateOf(edges[i]), link.Policy);
        }

        return new(edges, statuses, WouldFail: link.Policy == OnDependencyFailure.Fail && statuses.Contains(DependencyStatus.Broken));
    }

    /// <summary>Writes what was decided for a retry. Returns true when a dependency holds the job back.</summary>
    public bool Apply(JobRow job, Redecision decision)
    {
        int open = 0;
        for (int i = 0; i < decision.Statuses.Length; i++)
        {
            if (decision.Statuses[i] != decision.Edges[i].Status)
                links.SetStatus(new(job.Handle, decision.Edges[i].Place), decision.Statuses[i]);
            if (decision.Statuses[i] == DependencyStatus.Open)
                open++;
        }

        links.SetOpen(job.Handle, open);
        return open > 0;
    }

    /// <summary>Releases a job in waiting-children when nothing but a person can: none of its open dependencies will end, or is about to be decided.</summary>
    public bool TryLetGo(JobRow job)
    {
        Link link = links.Find(job.Handle) ?? default;
        List<Edge> open = links.Edges(job.Handle).FindAll(static edge => edge.Status == DependencyStatus.Open);
        if (!open.TrueForAll(edge => WaitsForPerson(edge, link.Policy)))
            return false;

        foreach (Edge edge in open)
            links.SetStatus(new(job.Handle, edge.Place), DependencyStatus.Broken);
        links.SetOpen(job.Handle, 0);
        releasing.Release(job, link);
        return true;
    }

    private bool WaitsForPerson(in Edge edge, OnDependencyFailure policy) => StateOf(edge) switch
    {
        { } state when !state.IsFinal() => false,
        var state => DependencyRules.Decide(state, policy) == DependencyStatus.Open,
    };

    /// <summary>The state of a dependency, or of one that is gone that which has yet to be told; null: it was removed.</summary>
    private JobState? StateOf(in Edge edge) =>
        edge is { State: null, Status: DependencyStatus.Open, Dependency: { } gone } ? books.Effects.OutcomeOf(gone) : edge.State;
}

/// <summary>How a job would stand to its dependencies.</summary>
/// <param name="Edges">Its edges, as they are written.</param>
/// <param name="Statuses">What each would be.</param>
/// <param name="WouldFail">Whether one of them would fail the job again.</param>
internal sealed record Redecision(List<Edge> Edges, DependencyStatus[] Statuses, bool WouldFail);
