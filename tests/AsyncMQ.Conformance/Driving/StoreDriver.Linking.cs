namespace AsyncMQ.Conformance.Driving;

public sealed partial class StoreDriver
{
    /// <summary>Adds jobs as a new flow that must be accepted.</summary>
    public async Task<IReadOnlyList<AddedJob>> AddFlow(string id, params NewJob[] jobs)
    {
        GroupReply reply = Assert.Single(await AddGroups(jobs.InFlow(id)));
        Assert.Null(reply.Refusal);
        return reply.Jobs;
    }

    /// <summary>Adds one job that must be refused.</summary>
    public async Task<AddRefusal> Refused(params NewJob[] jobs)
    {
        GroupReply reply = Assert.Single(await AddGroups(new AddGroup(jobs)));
        Assert.NotNull(reply.Refusal);
        Assert.Empty(reply.Jobs);
        return reply.Refusal;
    }

    /// <summary>How a job of the default queue stands to each job that it depends on, in order: "a Open, b Satisfied".</summary>
    public async Task<string> DependenciesOf(string id) =>
        string.Join(", ", (await Get(id)).Dependencies.Select(dependency => $"{dependency.Job.Id} {dependency.Status}"));

    public async Task<FlowRecord?> Flow(string id) => await Store.FindFlowAsync(id, default);

    /// <summary>The flow's jobs, its unended and its completed ones; null: there is no such flow.</summary>
    public async Task<(long Jobs, long Unended, long Completed)?> CountsOf(string flow) =>
        await Flow(flow) is { } record ? (record.Jobs, record.Unended, record.Completed) : null;
}
