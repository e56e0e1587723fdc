using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AsyncMQ.Jobs;
using AsyncMQ.Storage;

namespace AsyncMQ.Queues;

/// <summary>What a flow comes to when it is added: its jobs, checked, named, and each behind those it comes after.</summary>
internal sealed class FlowPlan
{
    public const int MostEdges = 100_000;
    private const int MostJobs = 10_000;
    private const long MostBytes = 16 << 20;
    private const int MostOfCycleShown = 8;
    private const int LongestLabel = 64;

    private readonly Flow flow;
    private readonly bool extends;
    private readonly NewJob[] jobs;
    private readonly List<int>[] edges;

    private FlowPlan(Flow flow, bool extends)
    {
        this.flow = flow;
        this.extends = extends;
        jobs = new NewJob[flow.Nodes.Count];
        edges = new List<int>[jobs.Length];
    }

    /// <summary>The jobs in the user's order.</summary>
    public IReadOnlyList<NewJob> Nodes => jobs;

    /// <summary>The jobs in the order in which they are stored.</summary>
    public IReadOnlyList<NewJob> Sorted { get; private set; } = [];

    /// <param name="flow">The flow.</param>
    /// <param name="factory">Makes its jobs.</param>
    /// <param name="extends">True: it is to be added to a flow that is there.</param>
    /// <exception cref="ArgumentException">It cannot be added; the message says why.</exception>
    public static FlowPlan Of(Flow flow, JobFactory factory, bool extends)
    {
        ArgumentNullException.ThrowIfNull(flow);
        if (flow.Nodes.Count == 0)
            throw new ArgumentException($"Flow '{flow}' has no jobs. Add at least one.", nameof(flow));
        if (flow.Nodes.Count > MostJobs)
            throw new ArgumentException($"A flow can be added with at most {MostJobs} jobs, but '{flow}' has {flow.Nodes.Count}. Add the rest with AddToFlowAsync.", nameof(flow));

        var plan = new FlowPlan(flow, extends);
        plan.Create(factory);
        plan.Connect();
        plan.Sort();
        return plan;
    }

    /// <summary>The number of the node that a job of a new flow was made for: generated ids in a flow end in it. Null: the id says none.</summary>
    public static int? NodeOf(JobRecord record)
    {
        int dash = record.Ref.Id.LastIndexOf('-');
        return (record.Flags & JobFlags.CustomId) == 0
            && dash > 0
            && int.TryParse(record.Ref.Id.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number - 1
            : null;
    }

    private void Create(JobFactory factory)
    {
        string prefix = factory.NextId();
        long bytes = 0;
        for (int i = 0; i < jobs.Length; i++)
        {
            NewJob job = CreateOne(factory, i, extends ? null : string.Create(CultureInfo.InvariantCulture, $"{prefix}-{i + 1}"));
            jobs[i] = extends && (job.Flags & JobFlags.CustomId) != 0 ? job with { Stamp = StampOf(job.Ref) } : job;
            bytes += job.Payload.Length + job.Envelope.Length;
        }

        if (bytes > MostBytes)
            throw new PayloadTooLargeException($"Flow '{flow}'", bytes, MostBytes);
    }

    private NewJob CreateOne(JobFactory factory, int index, string? id)
    {
        FlowNode node = flow.Nodes[index];
        try
        {
            return factory.Create(node.Spec, null, id: id);
        }
        catch (PayloadTooLargeException e)
        {
            throw new PayloadTooLargeException($"Job {index + 1} ('{node}') of flow '{flow}'", e.Size, e.Limit);
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException($"Job {index + 1} ('{node}') of flow '{flow}': {BadArgument.Text(e)}", e);
        }
    }

    // A handler that adds to its own flow may be run again, and then means the same jobs: the store takes a record with the same stamp for the one meant.
    private long StampOf(JobRef job)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{flow.Id}\0{job.Queue}\0{job.Id}"), hash);
        return BinaryPrimitives.ReadInt64LittleEndian(hash);
    }

    private void Connect()
    {
        var byRef = new Dictionary<JobRef, int>(jobs.Length);
        for (int i = 0; i < jobs.Length; i++)
        {
            if (!byRef.TryAdd(jobs[i].Ref, i))
                throw new ArgumentException($"Jobs {byRef[jobs[i].Ref] + 1} and {i + 1} of flow '{flow}' have the same id, {jobs[i].Ref}. Each needs one of its own.");
        }

        int total = 0;
        for (int i = 0; i < jobs.Length; i++)
        {
            var others = new OrderedSet();
            foreach (FlowNode node in flow.Nodes[i].Dependencies)
                others.Add(jobs[node.Index].Ref);
            foreach (JobRef job in jobs[i].DependsOn)
                others.Add(job);

            edges[i] = [.. others.Items.Where(byRef.ContainsKey).Select(job => byRef[job])];
            total += others.Items.Count;
            if (others.Items.Count > JobOptions.MostDependencies)
                throw new ArgumentException(
                    $"Job {i + 1} ('{flow.Nodes[i]}') of flow '{flow}' comes after {others.Items.Count} others, but at most {JobOptions.MostDependencies} are allowed. "
                    + "Put jobs in between that each bring a part of them together.");
            if (others.Items.Count > 0)
                jobs[i] = jobs[i] with { DependsOn = others.Items };
            jobs[i] = jobs[i] with { Flags = jobs[i].Flags | JobFlags.Linked };
        }

        if (total > MostEdges)
            throw new ArgumentException(
                $"Flow '{flow}' has {total} edges, but at most {MostEdges} are allowed. Where many come after many, put a job in between that brings them together.");
    }

    private void Sort()
    {
        List<int> order = FlowOrder.Sort(edges);
        if (order.Count < jobs.Length)
            throw new ArgumentException(
                $"Flow '{flow}' has a cycle, so that its jobs would wait for each other for ever: {Describe(FlowOrder.FindCycle(edges, order))} (each comes after the next).");

        Sorted = [.. order.Select(i => jobs[i])];
    }

    private string Describe(List<int> cycle)
    {
        IEnumerable<string> labels = cycle.Count <= MostOfCycleShown
            ? cycle.Select(Label)
            : [.. cycle.Take(MostOfCycleShown - 1).Select(Label), $"… ({cycle.Count - MostOfCycleShown} more)", Label(cycle[^1])];
        return string.Join(" → ", [.. labels, Label(cycle[0])]);
    }

    private string Label(int index) =>
        WellFormed.Cut((jobs[index].Flags & JobFlags.CustomId) != 0 ? jobs[index].Ref.Id : $"{jobs[index].Name} (job {index + 1})", LongestLabel);

    private sealed class OrderedSet
    {
        private readonly HashSet<JobRef> seen = [];

        public List<JobRef> Items { get; } = [];

        public void Add(JobRef job)
        {
            if (seen.Add(job))
                Items.Add(job);
        }
    }
}
