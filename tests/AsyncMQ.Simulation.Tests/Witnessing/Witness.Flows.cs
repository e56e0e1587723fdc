namespace AsyncMQ.Simulation.Witnessing;

/// <content>Flows: added whole or not at all, and kept as long as one of their jobs is on record.</content>
internal sealed partial class Witness
{
    private readonly Dictionary<string, FlowLife> flows = new(StringComparer.Ordinal);

    /// <summary>The store's records of flows, against the book.</summary>
    public void RequireFlows(Func<string, FlowRecord?> find)
    {
        foreach ((string id, FlowLife flow) in flows)
        {
            FlowRecord? record = find(id);
            (long Jobs, long Unended, long Completed) counted = (flow.Jobs.Count, flow.Jobs.Count(life => life.End is null), flow.Jobs.Count(life => life.End == JobState.Completed));
            if (record is null)
                Blame($"Flow: {id} is lost with {flow.Jobs.Count} jobs.");
            else if (counted != (record.Jobs, record.Unended, record.Completed))
                Blame($"Flow: {id} counts {(record.Jobs, record.Unended, record.Completed)}, but has {counted} (on record, not ended, completed).");
        }
    }

    // A flow that is there already is answered, and nothing of it is written.
    private bool IsThere(NewFlow flow, GroupReply reply)
    {
        bool isThere = flows.TryGetValue(flow.Id, out FlowLife? there);
        if (flow.Extends)
        {
            if (!isThere)
                Blame($"Flow: {flow.Id} got more jobs, but is unknown.");
            return false;
        }

        AddOutcome right = isThere && there!.Stamp != flow.Stamp ? AddOutcome.Duplicate : AddOutcome.Created;
        if (reply.Jobs.Any(job => job.Outcome != right))
            Blame($"Flow: {flow.Id} was answered {string.Join(", ", reply.Jobs.Select(job => job.Outcome).Distinct())} instead of {right}.");
        return isThere;
    }

    private void Join(NewFlow flow, Life life)
    {
        if (!flows.TryGetValue(flow.Id, out FlowLife? joined))
        {
            flows.Add(flow.Id, joined = new(flow.Stamp));
            Reached += new Reached { Flows = 1 };
        }

        joined.Jobs.Add(life);
    }

    private void LeaveFlow(Life life)
    {
        if (life.Flow is { } id && flows.TryGetValue(id, out FlowLife? flow) && flow.Jobs.Remove(life) && flow.Jobs.Count == 0)
            flows.Remove(id);
    }

    // A group that was refused was refused for a reason that the book knows too.
    private void RequireReason(AddGroup group, AddRefusal refusal)
    {
        bool isFair = refusal.Reason switch
        {
            AddRefusalReason.UnknownDependency => group.Jobs.First(job => job.Ref == refusal.Job).DependsOn.Any(job => !lives.ContainsKey(job) || endedByAdds.Contains(job)),
            AddRefusalReason.UnknownFlow => !flows.ContainsKey(group.Flow!.Id),
            AddRefusalReason.IdTaken => lives.ContainsKey(refusal.Job) || buried.ContainsKey(refusal.Job) || kept.ContainsKey(refusal.Job),
            _ => closed.Contains(refusal.Job.Queue),
        };
        if (!isFair)
            Blame($"A group was refused for {refusal.Reason} of {refusal.Job} ({refusal.Detail}), which is not so.");
    }

    /// <summary>A flow, as the witness saw it.</summary>
    private sealed record FlowLife(long Stamp)
    {
        public HashSet<Life> Jobs { get; } = [];
    }
}
