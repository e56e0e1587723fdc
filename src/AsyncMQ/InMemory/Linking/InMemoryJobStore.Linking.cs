using AsyncMQ.Storage;

namespace AsyncMQ.InMemory;

/// <content>Dependencies at the add: what a job depends on is looked up, and decides how it begins. The rule is <see cref="DependencyRules"/>.</content>
internal sealed partial class InMemoryJobStore
{
    private bool IsKnown(JobRef job) => Find(job) is not null || FindTombstone(job) is not null;

    private Tombstone? FindTombstone(JobRef job) =>
        queues.TryGetValue(job.Queue, out StoredQueue? queue) && queue.Tombstones.TryGetValue(job.Id, out Tombstone? tombstone) && tombstone.Until > now
            ? tombstone
            : null;

    /// <summary>Ties a new job to its flow and to what it depends on.</summary>
    /// <returns>The state that its dependencies put it in: waiting-children or failed. Null: it begins as if it had none.</returns>
    private JobState? Link(JobEntry entry, NewJob job, GroupLinks group)
    {
        if (job.DependsOn.Count == 0 && group.Flow is null)
            return null;

        entry.Flags |= JobFlags.Linked;
        if (group.Flow is { } flow)
            Join(flow, entry);
        if (job.DependsOn.Count == 0)
            return null;

        JobLinks links = entry.NeedExtras().NeedLinks();
        (links.Policy, links.Delay, links.RunAt) = (job.OnDependencyFailure, job.Delay, job.RunAt);
        links.Edges = EdgesOf(entry, job.DependsOn, group);
        return entry.Extras!.Error.IsEmpty ? links.OpenEdges > 0 ? JobState.WaitingChildren : null : JobState.Failed;
    }

    private Edge[] EdgesOf(JobEntry entry, IReadOnlyList<JobRef> dependencies, GroupLinks group)
    {
        var edges = new List<Edge>(dependencies.Count);
        for (int i = 0; i < dependencies.Count; i++)
        {
            FoundDependency found = LookUp(dependencies[i], group);
            Dependents? of = found.Entry is null ? null : DependentsOf(found.Entry);
            if (group.HasStandIns && edges.Exists(edge => edge.Of == of && edge.Job == found.Job))
                continue;

            edges.Add(NewEdge(new(entry, found.Job, of), found.State));
        }

        return [.. edges];
    }

    /// <summary>Decides on a new edge. The first one that fails the job gives it its error.</summary>
    private static Edge NewEdge(Edge edge, JobState? dependency)
    {
        JobExtras extras = edge.Dependent.Extras!;
        DependencyStatus status = DependencyRules.Decide(dependency, extras.Links!.Policy);
        edge.Become(status);
        if (edge.Of is { } of)
            of.Unended++;
        if (status == DependencyStatus.Broken && extras.Links.Policy == OnDependencyFailure.Fail && extras.Error.IsEmpty)
            extras.Error = DependencyRules.ErrorOf(edge.Job, dependency);
        return edge;
    }

    private FoundDependency LookUp(JobRef job, GroupLinks group)
    {
        if (group.TryGetStandIn(job, out FoundDependency standIn))
        {
            // It may have been replaced since: by another job of the group, or by the one that is being added.
            bool isGone = standIn.Entry is not null && Find(standIn.Job) != standIn.Entry;
            return isGone ? new(standIn.Job, null, null) : standIn;
        }

        JobEntry? entry = Find(job);
        return new(job, entry, entry?.State ?? FindTombstone(job)?.State);
    }

    private static Dependents DependentsOf(JobEntry entry)
    {
        JobLinks links = entry.NeedExtras().NeedLinks();
        entry.Flags |= JobFlags.Dependents;
        return links.Dependents ??= new(entry);
    }
}
