using AsyncMQ.Storage;

namespace AsyncMQ.InMemory;

/// <content>Flows: kept as long as one of their jobs is on record.</content>
internal sealed partial class InMemoryJobStore
{
    private readonly Dictionary<string, StoredFlow> flows = new(StringComparer.Ordinal);
    private readonly SortedSet<StoredFlow> flowsInOrder = new(StoredFlow.ByNumber);

    public ValueTask<FlowRecord?> FindFlowAsync(string id, CancellationToken cancellationToken) =>
        Run(id, static (store, id) => store.flows.GetValueOrDefault(id)?.ToRecord(), cancellationToken);

    public ValueTask<IReadOnlyList<FlowRecord>> FlowsAsync(long? before, int take, CancellationToken cancellationToken) =>
        Run((before, take), static (store, ask) => store.ListFlows(ask.before ?? long.MaxValue, ask.take), cancellationToken);

    public ValueTask<StorePage> FlowJobsAsync(string flow, PageKey? after, int take, JobParts parts, CancellationToken cancellationToken) =>
        Run((flow, after, take, parts), static (store, ask) => store.ListFlowJobs(ask.flow, ask.after, ask.take, ask.parts), cancellationToken);

    private void Join(StoredFlow flow, JobEntry entry)
    {
        if (flow.Jobs.Count == 0)
        {
            flows.Add(flow.Id, flow);
            flowsInOrder.Add(flow);
        }

        entry.NeedExtras().NeedLinks().Flow = flow;
        flow.Jobs.Add(entry);
        flow.Count(before: null, JobState.Waiting);
    }

    private void CountInFlow(StoredFlow flow, JobEntry entry, JobState before, JobState? after)
    {
        flow.Count(before, after);
        if (after is not null)
            return;

        flow.Jobs.Remove(entry);
        if (flow.Jobs.Count == 0)
        {
            flows.Remove(flow.Id);
            flowsInOrder.Remove(flow);
        }
    }

    private IReadOnlyList<FlowRecord> ListFlows(long before, int take)
    {
        SortedSet<StoredFlow> earlier = flowsInOrder.GetViewBetween(StoredFlow.Probe(long.MinValue), StoredFlow.Probe(before - 1));
        return [.. earlier.Reverse().Take(take).Select(static flow => flow.ToRecord())];
    }

    private StorePage ListFlowJobs(string id, PageKey? after, int take, JobParts parts)
    {
        if (!flows.TryGetValue(id, out StoredFlow? flow))
            return new([], null);

        var page = new List<JobRecord>();
        PageKey last = default;
        foreach (JobEntry entry in flow.Jobs.Behind(after, reverse: false))
        {
            if (page.Count == take)
                return new(page, last);
            page.Add(ToRecord(entry, parts));
            last = new(0, entry.Handle);
        }

        return new(page, null);
    }
}
