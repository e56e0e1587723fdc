using System.Globalization;
using System.Runtime.CompilerServices;
using AsyncMQ.Storage;

namespace AsyncMQ.Queues;

/// <summary>Reads flows from the store, a thousand jobs at a time.</summary>
internal static class FlowReader
{
    private const int Stride = 1_000;

    /// <summary>The jobs of a flow, in order of adding.</summary>
    public static async IAsyncEnumerable<JobRecord> RecordsAsync(
        JobClientParts parts, string flow, JobParts wanted, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        PageKey? after = null;
        do
        {
            StorePage page = await parts.ReadAsync((store, token) => store.FlowJobsAsync(flow, after, Stride, wanted, token), cancellationToken).ConfigureAwait(false);
            foreach (JobRecord record in page.Jobs)
                yield return record;
            after = page.Next;
        }
        while (after is not null);
    }

    public static async Task<FlowInfo?> FindAsync(JobClientParts parts, string id, CancellationToken cancellationToken)
    {
        FlowRecord? flow = await parts.ReadAsync((store, token) => store.FindFlowAsync(id, token), cancellationToken).ConfigureAwait(false);
        if (flow is null)
            return null;

        var records = new List<JobRecord>();
        await foreach (JobRecord record in RecordsAsync(parts, id, JobParts.Dependencies, cancellationToken).ConfigureAwait(false))
            records.Add(record);
        Dictionary<JobRef, JobState> states = await StatesAsync(parts, records, cancellationToken).ConfigureAwait(false);
        return records.Count == 0 ? null : new() { Id = id, AddedAt = flow.AddedAt, Jobs = [.. records.Select(record => Read(record, states, parts.Records))] };
    }

    public static async Task<FlowPage> ListAsync(JobClientParts parts, FlowQuery query, CancellationToken cancellationToken)
    {
        long? before = null;
        if (query.After is { } place)
            before = long.TryParse(place, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : throw NoPlace(place);

        IReadOnlyList<FlowRecord> flows = await parts.ReadAsync((store, token) => store.FlowsAsync(before, query.Take, token), cancellationToken).ConfigureAwait(false);
        return new(
            [.. flows.Select(flow => new FlowSummary { Id = flow.Id, AddedAt = flow.AddedAt, Jobs = flow.Jobs, Unended = flow.Unended, Completed = flow.Completed })],
            flows.Count == query.Take ? flows[^1].Number.ToString(CultureInfo.InvariantCulture) : null);
    }

    /// <summary>The jobs that stand for the nodes of a flow that was there already: by the ids that the nodes have, or by the number in a generated one.</summary>
    public static async Task<JobRef?[]> MatchAsync(JobClientParts parts, Flow flow, FlowPlan plan, CancellationToken cancellationToken)
    {
        var found = new JobRef?[plan.Nodes.Count];
        var byId = new Dictionary<JobRef, int>();
        for (int i = 0; i < found.Length; i++)
        {
            if (flow.Nodes[i].Spec.Options.JobId is not null)
                byId.Add(plan.Nodes[i].Ref, i);
        }

        await foreach (JobRecord record in RecordsAsync(parts, flow.Id, JobParts.None, cancellationToken).ConfigureAwait(false))
        {
            if (byId.TryGetValue(record.Ref, out int own))
                found[own] = record.Ref;
            else if (FlowPlan.NodeOf(record) is { } node && IsFor(record, node))
                found[node] = record.Ref;
        }

        return found;

        bool IsFor(JobRecord record, int node) =>
            node >= 0
            && node < found.Length
            && flow.Nodes[node].Spec.Options.JobId is null
            && plan.Nodes[node].Name == record.Name
            && plan.Nodes[node].Ref.Queue == record.Ref.Queue;
    }

    private static FlowJob Read(JobRecord record, Dictionary<JobRef, JobState> states, RecordReader reader) => new()
    {
        Ref = record.Ref,
        Name = record.Name,
        State = record.State,
        Progress = reader.ProgressOf(record),
        Error = reader.ErrorOf(record),
        Dependencies =
        [
            .. record.Dependencies.Select(dependency =>
                new FlowDependency(dependency.Job, dependency.Status, states.TryGetValue(dependency.Job, out JobState state) ? state : null)),
        ],
        OnDependencyFailure = record.OnDependencyFailure,
    };

    // Of the flow's own jobs the states are known; those outside, and those removed from it, are looked up.
    private static async Task<Dictionary<JobRef, JobState>> StatesAsync(JobClientParts parts, List<JobRecord> records, CancellationToken cancellationToken)
    {
        var states = new Dictionary<JobRef, JobState>(records.Count);
        foreach (JobRecord record in records)
            states[record.Ref] = record.State;

        IEnumerable<JobRef> others = records.SelectMany(record => record.Dependencies).Select(dependency => dependency.Job).Distinct().Where(job => !states.ContainsKey(job));
        foreach (JobRef[] chunk in others.ToArray().Chunk(Stride))
        {
            IReadOnlyList<JobRecord?> found = await parts.ReadAsync((store, token) => store.FindAsync(chunk, JobParts.None, token), cancellationToken).ConfigureAwait(false);
            foreach (JobRecord record in found.OfType<JobRecord>())
                states[record.Ref] = record.State;
        }

        return states;
    }

    private static ArgumentException NoPlace(string place) =>
        new($"'{(place.Length > 64 ? place[..64] : place)}' is not a place in the list of flows. Pass FlowPage.Next of the page before.");
}
