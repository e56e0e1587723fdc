using AsyncMQ.Storage;

namespace AsyncMQ.Postgres;

/// <content>What the store does not do yet.</content>
internal sealed partial class PostgresJobStore
{
    public ValueTask<IReadOnlyList<JobChangeReply>> AdministerJobsAsync(AdministerJobsStep step, CancellationToken cancellationToken) => throw Unfinished();

    public ValueTask<QueueReply> AdministerQueueAsync(AdministerQueueStep step, CancellationToken cancellationToken) => throw Unfinished();

    public ValueTask<MaintainReply> MaintainAsync(MaintainStep step, CancellationToken cancellationToken) => throw Unfinished();

    public Task<IReadOnlyList<string>> AuditAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>([]);

    public ValueTask<KeyRecord?> FindKeyAsync(string queue, string key, CancellationToken cancellationToken) => throw Unfinished();

    public ValueTask<IReadOnlyList<KeyRecord>> KeysAsync(string queue, string? after, int take, CancellationToken cancellationToken) => throw Unfinished();

    public ValueTask<FlowRecord?> FindFlowAsync(string id, CancellationToken cancellationToken) => throw Unfinished();

    public ValueTask<IReadOnlyList<FlowRecord>> FlowsAsync(long? before, int take, CancellationToken cancellationToken) => throw Unfinished();

    public ValueTask<StorePage> FlowJobsAsync(string flow, PageKey? after, int take, JobParts parts, CancellationToken cancellationToken) => throw Unfinished();

    private static NotSupportedException Unfinished() => new("The PostgreSQL store does not do this yet.");
}
