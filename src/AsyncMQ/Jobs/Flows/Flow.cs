using AsyncMQ.Jobs;

namespace AsyncMQ;

/// <summary>
/// Jobs that come after each other, in one queue or several: a graph without cycles, of at most 10 000 jobs, 100 000 edges and 16 MiB. Built here, checked
/// and stored in one atomic group by <see cref="IJobFlows.AddFlowAsync"/>; nothing of it runs before. Used by one thread at a time.
/// </summary>
/// <param name="id">
/// The flow's id, unique in the installation: adding another flow under it is answered Duplicate while a job of the first one is on record. The rules of
/// <see cref="JobOptions.JobId"/>, but it may hold <c>:</c>.
/// </param>
/// <exception cref="ArgumentException">The id breaks a rule.</exception>
public sealed class Flow(string id)
{
    private readonly List<FlowNode> nodes = [];

    /// <summary>The flow's id.</summary>
    public string Id { get; } = Names.RequireFlowId(id);

    /// <summary>The jobs, in the order in which they were put in.</summary>
    public IReadOnlyList<FlowNode> Nodes => nodes.AsReadOnly();

    /// <summary>Puts in a typed job.</summary>
    /// <param name="job">The job.</param>
    /// <param name="options">Its options. Deduplication is not for jobs of a flow.</param>
    /// <param name="after">The jobs that must end before it may start; null: none.</param>
    /// <exception cref="ArgumentException">It has deduplication, or comes after a node of another flow.</exception>
    public FlowNode Add(IJob job, JobOptions? options = null, IReadOnlyList<FlowNode>? after = null) => Add(JobSpec.Of(job, options), after);

    /// <summary>Puts in a job by name.</summary>
    /// <param name="name">The job's name.</param>
    /// <param name="args">Its arguments; null: none.</param>
    /// <param name="options">Its options. Deduplication is not for jobs of a flow.</param>
    /// <param name="after">The jobs that must end before it may start; null: none.</param>
    /// <exception cref="ArgumentException">The name breaks a rule, it has deduplication, or comes after a node of another flow.</exception>
    public FlowNode Add(string name, JobArgs? args = null, JobOptions? options = null, IReadOnlyList<FlowNode>? after = null) =>
        Add(JobSpec.Of(name, args, options), after);

    /// <summary>Puts in a job, with its queue where it has one.</summary>
    /// <param name="job">The job. Deduplication is not for jobs of a flow.</param>
    /// <param name="after">The jobs that must end before it may start; null: none.</param>
    /// <exception cref="ArgumentException">It has deduplication, or comes after a node of another flow.</exception>
    public FlowNode Add(JobSpec job, IReadOnlyList<FlowNode>? after = null)
    {
        ArgumentNullException.ThrowIfNull(job);
        if (job.Options.Deduplication is not null)
            throw new ArgumentException($"A job of a flow cannot have Deduplication: the flow '{Id}' is added whole, or not at all. Give its jobs ids (JobId) of their own.", nameof(job));

        var node = new FlowNode(this, nodes.Count, job);
        node.WaitFor(after ?? []);
        nodes.Add(node);
        return node;
    }

    /// <summary>Puts in jobs that come one after the other.</summary>
    /// <param name="jobs">The jobs, at least one; the first is the first to run.</param>
    /// <param name="after">What the first one comes after; null: nothing.</param>
    /// <returns>The last one.</returns>
    /// <exception cref="ArgumentException">There is no job, or one of them cannot be put in.</exception>
    public FlowNode Chain(IReadOnlyList<JobSpec> jobs, IReadOnlyList<FlowNode>? after = null)
    {
        RequireSome(jobs, nameof(jobs), "A chain");
        FlowNode last = Add(jobs[0], after);
        for (int i = 1; i < jobs.Count; i++)
            last = Add(jobs[i], [last]);
        return last;
    }

    /// <summary>Puts in jobs that run beside each other.</summary>
    /// <param name="jobs">The jobs, at least one.</param>
    /// <param name="after">What each of them comes after; null: nothing.</param>
    /// <returns>Their nodes, in order.</returns>
    /// <exception cref="ArgumentException">There is no job, or one of them cannot be put in.</exception>
    public IReadOnlyList<FlowNode> FanOut(IReadOnlyList<JobSpec> jobs, IReadOnlyList<FlowNode>? after = null)
    {
        // With no job between, what comes after them would not wait for what they come after.
        RequireSome(jobs, nameof(jobs), "A fan-out");
        return [.. jobs.Select(job => Add(job, after))];
    }

    /// <summary>Puts in a job that comes after many: the one that brings their results together.</summary>
    /// <param name="job">The job.</param>
    /// <param name="after">What it comes after, at least one; at most 1 000.</param>
    /// <exception cref="ArgumentException">It comes after nothing, or cannot be put in.</exception>
    public FlowNode FanIn(JobSpec job, IReadOnlyList<FlowNode> after)
    {
        RequireSome(after, nameof(after), "A fan-in");
        return Add(job, after);
    }

    /// <summary>The flow's id.</summary>
    public override string ToString() => Id;

    private static void RequireSome<T>(IReadOnlyList<T> items, string parameter, string what)
    {
        ArgumentNullException.ThrowIfNull(items, parameter);
        if (items.Count == 0)
            throw new ArgumentException($"{what} needs at least one job.", parameter);
    }
}
