using AsyncMQ.Postgres.Connecting;
using AsyncMQ.Postgres.Inspecting;
using AsyncMQ.Storage;

namespace AsyncMQ.Postgres;

/// <content>Flows.</content>
internal sealed partial class PostgresJobStore
{
    public ValueTask<FlowRecord?> FindFlowAsync(string id, CancellationToken cancellationToken) =>
        steps.LookAtJobsAsync("find_flow", new Arguments().Add(id), FlowReader.ReadAsync, cancellationToken);

    public ValueTask<IReadOnlyList<FlowRecord>> FlowsAsync(long? before, int take, CancellationToken cancellationToken) =>
        steps.LookAtJobsAsync("list_flows", new Arguments().Add(before).Add(take), FlowReader.ReadAllAsync, cancellationToken);

    public ValueTask<StorePage> FlowJobsAsync(string flow, PageKey? after, int take, JobParts parts, CancellationToken cancellationToken) => steps.LookAtJobsAsync(
        "flow_jobs",
        new Arguments().Add(flow).Add(after?.Sequence ?? 0L).Add(take + 1).Add((int)parts),
        reader => JobReader.ReadFlowPageAsync(reader, take),
        cancellationToken);
}
