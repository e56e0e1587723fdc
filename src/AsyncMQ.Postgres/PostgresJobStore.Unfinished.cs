using AsyncMQ.Storage;

namespace AsyncMQ.Postgres;

/// <content>What the store does not do yet.</content>
internal sealed partial class PostgresJobStore
{
    public ValueTask<IReadOnlyList<JobChangeReply>> AdministerJobsAsync(AdministerJobsStep step, CancellationToken cancellationToken) => throw Unfinished();

    public ValueTask<bool> AdministerSessionAsync(AdministerSessionStep step, CancellationToken cancellationToken) => throw Unfinished();

    public ValueTask<MaintainReply> MaintainAsync(MaintainStep step, CancellationToken cancellationToken) => throw Unfinished();

    public ValueTask<ScheduleReply> UpsertScheduleAsync(UpsertScheduleStep step, CancellationToken cancellationToken) => throw Unfinished();

    public ValueTask<ScheduleReply> ChangeScheduleAsync(ChangeScheduleStep step, CancellationToken cancellationToken) => throw Unfinished();

    public ValueTask<TickReply> TickAsync(TickStep step, CancellationToken cancellationToken) => throw Unfinished();

    public ValueTask<ScheduleRecord?> FindScheduleAsync(string queue, string id, CancellationToken cancellationToken) => throw Unfinished();

    public ValueTask<IReadOnlyList<ScheduleRecord>> SchedulesAsync(string queue, string? after, int take, CancellationToken cancellationToken) => throw Unfinished();

    public ValueTask<DueSchedules> DueAsync(int limit, CancellationToken cancellationToken) => throw Unfinished();

    public ValueTask<IReadOnlyList<OccurrenceRecord>> OccurrencesAsync(string queue, string id, int take, CancellationToken cancellationToken) => throw Unfinished();

    public ValueTask<FlowRecord?> FindFlowAsync(string id, CancellationToken cancellationToken) => throw Unfinished();

    public ValueTask<IReadOnlyList<FlowRecord>> FlowsAsync(long? before, int take, CancellationToken cancellationToken) => throw Unfinished();

    public ValueTask<StorePage> FlowJobsAsync(string flow, PageKey? after, int take, JobParts parts, CancellationToken cancellationToken) => throw Unfinished();

    public ValueTask<SubscribeReply> SubscribeAsync(EventSubscription subscription, CancellationToken cancellationToken) => throw Unfinished();

    public ValueTask<EventPage> ReadEventsAsync(long from, int take, CancellationToken cancellationToken) => throw Unfinished();

    public Task UnsubscribeAsync(Guid id, CancellationToken cancellationToken) => throw Unfinished();

    public ValueTask<int> RecordMetricsAsync(RecordMetricsStep step, CancellationToken cancellationToken) => throw Unfinished();

    public ValueTask<IReadOnlyList<MetricRecord>> MetricsAsync(MetricsRequest request, CancellationToken cancellationToken) => throw Unfinished();

    private static NotSupportedException Unfinished() => new("The PostgreSQL store does not do this yet.");
}
