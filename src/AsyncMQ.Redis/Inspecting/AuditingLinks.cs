using System.Runtime.InteropServices;
using AsyncMQ.Redis.Coding;
using AsyncMQ.Redis.Scripting;
using AsyncMQ.Storage;
using StackExchange.Redis;

namespace AsyncMQ.Redis.Inspecting;

/// <summary>Checks dependencies and flows: no job waits for nothing, and what is counted is what there is. What others count is added up here.</summary>
internal sealed class AuditingLinks(Look look, IReadOnlyList<QueueRecord> queues, List<string> faults)
{
    private const int Chunk = 500;

    private readonly Dictionary<long, Tied> dependencies = [];
    private readonly Dictionary<string, FlowCounts> flows = new(StringComparer.Ordinal);

    public async Task AuditAsync(CancellationToken cancellationToken)
    {
        foreach (QueueRecord queue in queues)
            await WalkAsync(queue.Name, cancellationToken).ConfigureAwait(false);
        await CompareOpenAsync(cancellationToken).ConfigureAwait(false);
        await CompareUnendedAsync(cancellationToken).ConfigureAwait(false);
        await CompareFlowsAsync(cancellationToken).ConfigureAwait(false);
        long next = 0;
        do
        {
            RedisResult[] reply = await look(Scripts.AuditTies, ["effects", next], cancellationToken).ConfigureAwait(false);
            next = reply.Number(0);
            AddFaults(reply, 1);
        }
        while (next != 0);
    }

    private async Task WalkAsync(string queue, CancellationToken cancellationToken)
    {
        long next = 0;
        do
        {
            RedisResult[] reply = await look(Scripts.AuditLinks, [queue, next], cancellationToken).ConfigureAwait(false);
            next = reply.Number(0);
            var edges = new Unpacker(reply.Bytes(1));
            while (!edges.IsAtEnd)
                CountEdge(edges.Long(), edges.Byte());
            var jobs = new Unpacker(reply.Bytes(2));
            while (!jobs.IsAtEnd)
                CountJob((JobState)jobs.Byte(), jobs.ShortText());
            var marked = new Unpacker(reply.Bytes(3));
            while (!marked.IsAtEnd)
                CollectionsMarshal.GetValueRefOrAddDefault(dependencies, marked.Long(), out _);
            AddFaults(reply, 4);
        }
        while (next != 0);
    }

    private void CountEdge(long dependency, int bits)
    {
        if (dependency == 0)
            return;
        ref Tied tied = ref CollectionsMarshal.GetValueRefOrAddDefault(dependencies, dependency, out _);
        tied = new(tied.Open + (bits & 1), tied.Unended + (bits >> 1));
    }

    private void CountJob(JobState state, string flow)
    {
        ref FlowCounts counts = ref CollectionsMarshal.GetValueRefOrAddDefault(flows, flow, out _);
        counts = new(counts.Jobs + 1, counts.Unended + (state.IsFinal() ? 0 : 1), counts.Completed + (state == JobState.Completed ? 1 : 0));
    }

    private async Task CompareOpenAsync(CancellationToken cancellationToken)
    {
        foreach (long[] handles in dependencies.Keys.Chunk(Chunk))
        {
            RedisValue[] asked = ["open", .. handles.Select(static handle => (RedisValue)handle)];
            RedisResult[] reply = await look(Scripts.AuditTies, asked, cancellationToken).ConfigureAwait(false);
            for (int i = 0; i < handles.Length; i++)
            {
                if (reply.Number(i) != dependencies[handles[i]].Open)
                    faults.Add($"Job number {handles[i]} holds back {dependencies[handles[i]].Open} jobs but {reply.Number(i)} stand among them.");
            }
        }
    }

    private async Task CompareUnendedAsync(CancellationToken cancellationToken)
    {
        Dictionary<long, long> counted = [];
        long next = 0;
        do
        {
            RedisResult[] reply = await look(Scripts.AuditTies, ["unended", next], cancellationToken).ConfigureAwait(false);
            next = reply.Number(0);
            for (int i = 1; i < reply.Length; i += 2)
                counted[reply.Number(i)] = reply.Number(i + 1);
        }
        while (next != 0);

        foreach (long handle in dependencies.Keys.Union(counted.Keys))
        {
            long found = dependencies.GetValueOrDefault(handle).Unended, kept = counted.GetValueOrDefault(handle);
            if (found != kept)
                faults.Add($"Job number {handle} counts {kept} dependents that have not ended, but {found} have not.");
        }
    }

    private async Task CompareFlowsAsync(CancellationToken cancellationToken)
    {
        long next = 0;
        do
        {
            RedisResult[] reply = await look(Scripts.AuditTies, ["flows", next], cancellationToken).ConfigureAwait(false);
            next = reply.Number(0);
            for (int i = 1; i < reply.Length; i += 4)
            {
                var kept = new FlowCounts(reply.Number(i + 1), reply.Number(i + 2), reply.Number(i + 3));
                if (!flows.Remove(reply.Text(i), out FlowCounts found) || found != kept)
                    faults.Add($"Flow {reply.Text(i)} counts {kept} but has {found}.");
            }
        }
        while (next != 0);

        foreach (string unknown in flows.Keys)
            faults.Add($"Flow {unknown} has jobs but is not in the list of flows.");
    }

    private void AddFaults(RedisResult[] reply, int from)
    {
        for (int i = from; i < reply.Length; i++)
            faults.Add(reply.Text(i));
    }

    /// <summary>How many dependents a job holds back, and how many have not ended.</summary>
    private readonly record struct Tied(long Open, long Unended);

    private readonly record struct FlowCounts(long Jobs, long Unended, long Completed);
}
