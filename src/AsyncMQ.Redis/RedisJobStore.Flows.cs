using AsyncMQ.Redis.Inspecting;
using AsyncMQ.Redis.Scripting;
using AsyncMQ.Storage;
using StackExchange.Redis;

namespace AsyncMQ.Redis;

/// <content>Looks at flows. They are added with their jobs, and changed job by job.</content>
internal sealed partial class RedisJobStore
{
    public async ValueTask<FlowRecord?> FindFlowAsync(string id, CancellationToken cancellationToken) =>
        FlowReader.ReadAll(await Run(Scripts.Flow, [id], cancellationToken).ConfigureAwait(false)) is [var flow] ? flow : null;

    public async ValueTask<IReadOnlyList<FlowRecord>> FlowsAsync(long? before, int take, CancellationToken cancellationToken) =>
        FlowReader.ReadAll(await Run(Scripts.Flows, [before ?? RedisValue.EmptyString, take], cancellationToken).ConfigureAwait(false));

    public async ValueTask<StorePage> FlowJobsAsync(string flow, PageKey? after, int take, JobParts parts, CancellationToken cancellationToken) =>
        FlowReader.ReadJobs(await Run(Scripts.FlowJobs, [flow, after?.Sequence ?? 0, take, (int)parts], cancellationToken).ConfigureAwait(false), parts);
}
