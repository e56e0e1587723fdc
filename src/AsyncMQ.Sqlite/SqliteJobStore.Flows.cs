using AsyncMQ.Sqlite.Inspecting;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite;

/// <content>Flows.</content>
internal sealed partial class SqliteJobStore
{
    public ValueTask<FlowRecord?> FindFlowAsync(string id, CancellationToken cancellationToken) =>
        LookAtJobs(database => new FlowReader(database).Find(id), cancellationToken);

    public ValueTask<IReadOnlyList<FlowRecord>> FlowsAsync(long? before, int take, CancellationToken cancellationToken) =>
        LookAtJobs<IReadOnlyList<FlowRecord>>(database => new FlowReader(database).Latest(before ?? long.MaxValue, take), cancellationToken);

    public ValueTask<StorePage> FlowJobsAsync(string flow, PageKey? after, int take, JobParts parts, CancellationToken cancellationToken) =>
        LookAtJobs(database => new FlowReader(database).Jobs(flow, after, take, parts), cancellationToken);
}
