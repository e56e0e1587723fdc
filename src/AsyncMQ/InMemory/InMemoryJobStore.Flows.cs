using AsyncMQ.Storage;

namespace AsyncMQ.InMemory;

/// <content>Flows.</content>
internal sealed partial class InMemoryJobStore
{
    public ValueTask<FlowRecord?> FindFlowAsync(string id, CancellationToken cancellationToken) =>
        throw new NotSupportedException("This store has no flows yet.");

    public ValueTask<IReadOnlyList<FlowRecord>> FlowsAsync(long? before, int take, CancellationToken cancellationToken) =>
        throw new NotSupportedException("This store has no flows yet.");

    public ValueTask<StorePage> FlowJobsAsync(string flow, PageKey? after, int take, JobParts parts, CancellationToken cancellationToken) =>
        throw new NotSupportedException("This store has no flows yet.");
}
