using AsyncMQ.Storage;

namespace AsyncMQ.Queues;

/// <content>Flows.</content>
internal sealed partial class JobClient
{
    public Task<FlowHandle> AddFlowAsync(Flow flow, CancellationToken cancellationToken = default) => AddFlowAsync(flow, extends: false, cancellationToken);

    public Task<FlowHandle> AddToFlowAsync(Flow flow, CancellationToken cancellationToken = default) => AddFlowAsync(flow, extends: true, cancellationToken);

    public Task<FlowInfo?> GetFlowAsync(string id, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(id);
        return FlowReader.FindAsync(parts, id, cancellationToken);
    }

    public Task<FlowPage> GetFlowsAsync(FlowQuery? query = null, CancellationToken cancellationToken = default) =>
        FlowReader.ListAsync(parts, query ?? new(), cancellationToken);

    public Task<long> CancelFlowAsync(string id, CancellationToken cancellationToken = default) =>
        Change(id, JobCommand.Cancel, JobQueue.Unended, dependentsFirst: true).RunAsync(cancellationToken);

    public Task<long> RetryFlowAsync(string id, CancellationToken cancellationToken = default) =>
        Change(id, JobCommand.Retry, JobQueue.Retryable, dependentsFirst: false).RunAsync(cancellationToken);

    public Task<long> RemoveFlowAsync(string id, CancellationToken cancellationToken = default) =>
        Change(id, JobCommand.Remove, JobStateSet.All, dependentsFirst: true).RunUntilGoneAsync(cancellationToken);

    private FlowChange Change(string id, JobCommand command, JobStateSet allowed, bool dependentsFirst)
    {
        ArgumentNullException.ThrowIfNull(id);
        return new(parts, id) { Command = command, Allowed = allowed, DependentsFirst = dependentsFirst };
    }

    private async Task<FlowHandle> AddFlowAsync(Flow flow, bool extends, CancellationToken cancellationToken)
    {
        FlowPlan plan = FlowPlan.Of(flow, parts.Factory, extends);
        var group = new AddGroup(plan.Sorted) { Flow = new(flow.Id, parts.Seams.Random.NextInt64(), extends) };
        IReadOnlyList<AddedJob> added = await parts.Adder.AddAsync(group, cancellationToken).ConfigureAwait(false);

        AddOutcome outcome = added[0].Outcome;
        JobRef?[] jobs = outcome == AddOutcome.Duplicate
            ? await FlowReader.MatchAsync(parts, flow, plan, cancellationToken).ConfigureAwait(false)
            : [.. plan.Nodes.Select(job => (JobRef?)job.Ref)];
        return new(flow, outcome, [.. jobs.Select(job => job is { } known ? new JobHandle(this, known, outcome) : null)]);
    }
}
