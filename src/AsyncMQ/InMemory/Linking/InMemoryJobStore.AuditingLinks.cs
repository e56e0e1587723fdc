using AsyncMQ.Storage;

namespace AsyncMQ.InMemory;

/// <content>Audit of dependencies and flows: no job waits for nothing, and what is indexed or counted is what there is.</content>
internal sealed partial class InMemoryJobStore
{
    private void AuditLinks(List<string> faults)
    {
        JobEntry[] tied = [.. queues.Values.SelectMany(static queue => queue.Jobs.Values).Where(static entry => entry.IsTied)];
        Edge[] edges = [.. tied.SelectMany(static entry => entry.Extras!.Links!.Edges)];
        foreach (JobEntry entry in tied)
            AuditOpenEdges(entry, faults);
        AuditWaitingChildren(faults);
        foreach (IGrouping<Dependents, Edge> group in edges.Where(static edge => edge.Of is not null).GroupBy(static edge => edge.Of!))
            AuditDependents(group.Key, [.. group], faults);
        AuditEffects(faults);
        AuditFlows(tied, faults);
    }

    /// <summary>The count of open edges is that of the edges, and only a job that they hold back, or that ended before it began, has any.</summary>
    private static void AuditOpenEdges(JobEntry entry, List<string> faults)
    {
        JobLinks links = entry.Extras!.Links!;
        int open = links.Edges.Count(static edge => edge.Status == DependencyStatus.Open);
        if (open != links.OpenEdges)
            faults.Add($"{entry.Ref} counts {links.OpenEdges} open dependencies but has {open}.");
        if (open > 0 && entry.State is not (JobState.WaitingChildren or JobState.Failed or JobState.Cancelled))
            faults.Add($"{entry.Ref} is {entry.State} but {open} dependencies hold it back.");
    }

    /// <summary>Whatever waits for others waits for something that will come: an end, the rest of an effect, or a person's word.</summary>
    private void AuditWaitingChildren(List<string> faults)
    {
        foreach (JobEntry entry in queues.Values.SelectMany(static queue => queue.WaitingChildren.Behind(null, reverse: false)))
        {
            if (entry.Extras?.Links is not { OpenEdges: > 0 } links)
            {
                faults.Add($"{entry.Ref} waits for other jobs but depends on none.");
                continue;
            }

            foreach (Edge edge in links.Edges)
            {
                bool willEnd = edge.Of?.Entry is { } dependency && Find(dependency.Ref) == dependency && !dependency.State.IsFinal();
                bool isBeingDecided = edge.Of?.Effect?.Next is not null;
                if (edge.Status == DependencyStatus.Open && !willEnd && !isBeingDecided && links.Policy != OnDependencyFailure.Wait)
                    faults.Add($"{entry.Ref} waits for {edge.Job}, which will not end any more.");
            }
        }
    }

    /// <summary>The list of open edges of a dependency, and its count of dependents that have not ended, against the edges themselves.</summary>
    private void AuditDependents(Dependents dependents, Edge[] edges, List<string> faults)
    {
        HashSet<Edge> open = [.. edges.Where(static edge => edge.Status == DependencyStatus.Open)];
        Edge? last = null;
        for (Edge? edge = dependents.First; edge is not null; (last, edge) = (edge, edge.Next))
        {
            if (!open.Remove(edge))
                faults.Add($"{edge.Dependent.Ref} stands among those that wait for {dependents.Job} but does not wait for it.");
            if (edge.Previous != last || last?.Dependent.Handle > edge.Dependent.Handle)
                faults.Add($"{edge.Dependent.Ref} is out of order among those that wait for {dependents.Job}.");
        }

        if (dependents.Last != last)
            faults.Add($"Those that wait for {dependents.Job} have another last one than they say.");
        foreach (Edge missing in open)
            faults.Add($"{missing.Dependent.Ref} waits for {dependents.Job} but does not stand among those that do.");

        int unended = edges.Count(static edge => !edge.Dependent.State.IsFinal());
        if (unended != dependents.Unended)
            faults.Add($"{dependents.Job} counts {dependents.Unended} dependents that have not ended, but {unended} have not.");
        if (dependents.Entry is { } entry && (Find(entry.Ref) != entry || entry.Extras?.Links?.Dependents != dependents))
            faults.Add($"{dependents.Job} has dependents that its record does not know.");
    }

    private void AuditEffects(List<string> faults)
    {
        foreach (DependencyEffect effect in effects)
        {
            if (effect.Next is not { } next)
                continue;
            if (effect.Of.Effect != effect || next.Of != effect.Of || next.Status != DependencyStatus.Open)
                faults.Add($"The end of {effect.Of.Job} is about to be told to {next.Dependent.Ref}, which does not wait for it.");
            if (effect.Of.Entry is { } entry && entry.State != effect.Outcome)
                faults.Add($"{effect.Of.Job} is {entry.State}, but {effect.Outcome?.ToString() ?? "its removal"} is told to its dependents.");
        }
    }

    /// <summary>A flow's counts equal enumeration, and it is kept exactly as long as it has a job.</summary>
    private void AuditFlows(JobEntry[] tied, List<string> faults)
    {
        ILookup<StoredFlow, JobEntry> joined =
            tied.Where(static entry => entry.Extras!.Links!.Flow is not null).ToLookup(static entry => entry.Extras!.Links!.Flow!);
        foreach (StoredFlow flow in flows.Values)
        {
            JobEntry[] jobs = [.. joined[flow]];
            (long Unended, long Completed) counted = (jobs.Count(static job => !job.State.IsFinal()), jobs.Count(static job => job.State == JobState.Completed));
            if (jobs.Length == 0 || jobs.Length != flow.Jobs.Count || !jobs.All(flow.Jobs.Contains))
                faults.Add($"Flow {flow.Id} lists {flow.Jobs.Count} jobs but has {jobs.Length}.");
            if (counted != (flow.Unended, flow.Completed))
                faults.Add($"Flow {flow.Id} counts {flow.Unended} unended and {flow.Completed} completed jobs but has {counted}.");
        }

        foreach (IGrouping<StoredFlow, JobEntry> unknown in joined.Where(group => flows.GetValueOrDefault(group.Key.Id) != group.Key))
            faults.Add($"Flow {unknown.Key.Id} has {unknown.Count()} jobs but is not in the list of flows.");
        if (flowsInOrder.Count != flows.Count || !flows.Values.All(flowsInOrder.Contains))
            faults.Add($"There are {flows.Count} flows, but the list of them in order has {flowsInOrder.Count}.");
    }
}
