using AsyncMQ.Storage;

namespace AsyncMQ.Postgres;

/// <content>What the store does not do yet.</content>
internal sealed partial class PostgresJobStore
{
    public ValueTask<bool> AdministerSessionAsync(AdministerSessionStep step, CancellationToken cancellationToken) => throw Unfinished();

    public ValueTask<ScheduleReply> UpsertScheduleAsync(UpsertScheduleStep step, CancellationToken cancellationToken) => throw Unfinished();

    public ValueTask<ScheduleReply> ChangeScheduleAsync(ChangeScheduleStep step, CancellationToken cancellationToken) => throw Unfinished();

    public ValueTask<TickReply> TickAsync(TickStep step, CancellationToken cancellationToken) => throw Unfinished();

    public ValueTask<ScheduleRecord?> FindScheduleAsync(string queue, string id, CancellationToken cancellationToken) => throw Unfinished();

    public ValueTask<IReadOnlyList<ScheduleRecord>> SchedulesAsync(string queue, string? after, int take, CancellationToken cancellationToken) => throw Unfinished();

    public ValueTask<DueSchedules> DueAsync(int limit, CancellationToken cancellationToken) => throw Unfinished();

    public ValueTask<IReadOnlyList<OccurrenceRecord>> OccurrencesAsync(string queue, string id, int take, CancellationToken cancellationToken) => throw Unfinished();

    public ValueTask<KeyRecord?> FindKeyAsync(string queue, string key, CancellationToken cancellationToken) => throw Unfinished();

    public ValueTask<IReadOnlyList<KeyRecord>> KeysAsync(string queue, string? after, int take, CancellationToken cancellationToken) => throw Unfinished();

    public ValueTask<SubscribeReply> SubscribeAsync(EventSubscription subscription, CancellationToken cancellationToken) => throw Unfinished();

    public ValueTask<EventPage> ReadEventsAsync(long from, int take, CancellationToken cancellationToken) => throw Unfinished();

    public Task UnsubscribeAsync(Guid id, CancellationToken cancellationToken) => throw Unfinished();

    public ValueTask<int> RecordMetricsAsync(RecordMetricsStep step, CancellationToken cancellationToken) => throw Unfinished();

    public ValueTask<IReadOnlyList<MetricRecord>> MetricsAsync(MetricsRequest request, CancellationToken cancellationToken) => throw Unfinished();

    private static NotSupportedException Unfinished() => new("The PostgreSQL store does not do this yet.");
}
