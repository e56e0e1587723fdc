namespace AsyncMQ.Conformance.Driving;

/// <summary>A store lent to a host, which disposes what it uses: everything passes through, but disposing it leaves the store open.</summary>
public class BorrowedStore(IJobStore store) : IJobStore
{
    public string Description => store.Description;

    /// <summary>The store itself.</summary>
    protected IJobStore Inner => store;

    public virtual Task StartAsync(CancellationToken cancellationToken) => store.StartAsync(cancellationToken);

    public virtual Task OpenAsync(SessionInfo session, CancellationToken cancellationToken) => store.OpenAsync(session, cancellationToken);

    public virtual RenewReply Renew(RenewStep step) => store.Renew(step);

    public virtual Task CloseAsync(SessionId session, CancellationToken cancellationToken) => store.CloseAsync(session, cancellationToken);

    public virtual ValueTask<AddReply> AddAsync(AddStep step, CancellationToken cancellationToken) => store.AddAsync(step, cancellationToken);

    public virtual ValueTask<ExchangeReply> ExchangeAsync(ExchangeStep step, CancellationToken cancellationToken) => store.ExchangeAsync(step, cancellationToken);

    public virtual ValueTask<ReportReply> ReportAsync(ReportStep step, CancellationToken cancellationToken) => store.ReportAsync(step, cancellationToken);

    public virtual ValueTask<RecoverReply> RecoverAsync(RecoverStep step, CancellationToken cancellationToken) => store.RecoverAsync(step, cancellationToken);

    public virtual ValueTask<IReadOnlyList<JobChangeReply>> AdministerJobsAsync(AdministerJobsStep step, CancellationToken cancellationToken) =>
        store.AdministerJobsAsync(step, cancellationToken);

    public virtual ValueTask<QueueReply> AdministerQueueAsync(AdministerQueueStep step, CancellationToken cancellationToken) =>
        store.AdministerQueueAsync(step, cancellationToken);

    public virtual ValueTask<bool> AdministerSessionAsync(AdministerSessionStep step, CancellationToken cancellationToken) =>
        store.AdministerSessionAsync(step, cancellationToken);

    public virtual ValueTask<int> RecordMetricsAsync(RecordMetricsStep step, CancellationToken cancellationToken) =>
        store.RecordMetricsAsync(step, cancellationToken);

    public virtual ValueTask<IReadOnlyList<MetricRecord>> MetricsAsync(MetricsRequest request, CancellationToken cancellationToken) =>
        store.MetricsAsync(request, cancellationToken);

    public virtual ValueTask<MaintainReply> MaintainAsync(MaintainStep step, CancellationToken cancellationToken) => store.MaintainAsync(step, cancellationToken);

    public virtual ValueTask<IReadOnlyList<JobRecord?>> FindAsync(IReadOnlyList<JobRef> jobs, JobParts parts, CancellationToken cancellationToken) =>
        store.FindAsync(jobs, parts, cancellationToken);

    public virtual ValueTask<StorePage> PageAsync(PageRequest request, CancellationToken cancellationToken) => store.PageAsync(request, cancellationToken);

    public virtual ValueTask<QueueCounts> CountAsync(string queue, CancellationToken cancellationToken) => store.CountAsync(queue, cancellationToken);

    public virtual ValueTask<IReadOnlyList<QueueRecord>> QueuesAsync(CancellationToken cancellationToken) => store.QueuesAsync(cancellationToken);

    public virtual ValueTask<IReadOnlyList<SessionRecord>> SessionsAsync(CancellationToken cancellationToken) => store.SessionsAsync(cancellationToken);

    public virtual ValueTask<IReadOnlyList<SessionClaim>> ClaimsAsync(SessionId session, CancellationToken cancellationToken) =>
        store.ClaimsAsync(session, cancellationToken);

    public virtual ValueTask<string?> DeduplicationOwnerAsync(string queue, string deduplicationId, CancellationToken cancellationToken) =>
        store.DeduplicationOwnerAsync(queue, deduplicationId, cancellationToken);

    public virtual ValueTask<ScheduleReply> UpsertScheduleAsync(UpsertScheduleStep step, CancellationToken cancellationToken) =>
        store.UpsertScheduleAsync(step, cancellationToken);

    public virtual ValueTask<ScheduleReply> ChangeScheduleAsync(ChangeScheduleStep step, CancellationToken cancellationToken) =>
        store.ChangeScheduleAsync(step, cancellationToken);

    public virtual ValueTask<TickReply> TickAsync(TickStep step, CancellationToken cancellationToken) =>
        store.TickAsync(step, cancellationToken);

    public virtual ValueTask<ScheduleRecord?> FindScheduleAsync(string queue, string id, CancellationToken cancellationToken) =>
        store.FindScheduleAsync(queue, id, cancellationToken);

    public virtual ValueTask<IReadOnlyList<ScheduleRecord>> SchedulesAsync(string queue, string? after, int take, CancellationToken cancellationToken) =>
        store.SchedulesAsync(queue, after, take, cancellationToken);

    public virtual ValueTask<DueSchedules> DueAsync(int limit, CancellationToken cancellationToken) =>
        store.DueAsync(limit, cancellationToken);

    public virtual ValueTask<IReadOnlyList<OccurrenceRecord>> OccurrencesAsync(string queue, string id, int take, CancellationToken cancellationToken) =>
        store.OccurrencesAsync(queue, id, take, cancellationToken);

    public virtual ValueTask<SubscribeReply> SubscribeAsync(EventSubscription subscription, CancellationToken cancellationToken) =>
        store.SubscribeAsync(subscription, cancellationToken);

    public virtual ValueTask<EventPage> ReadEventsAsync(long from, int take, CancellationToken cancellationToken) =>
        store.ReadEventsAsync(from, take, cancellationToken);

    public virtual Task UnsubscribeAsync(Guid id, CancellationToken cancellationToken) => store.UnsubscribeAsync(id, cancellationToken);

    public virtual ValueTask<KeyRecord?> FindKeyAsync(string queue, string key, CancellationToken cancellationToken) =>
        store.FindKeyAsync(queue, key, cancellationToken);

    public virtual ValueTask<IReadOnlyList<KeyRecord>> KeysAsync(string queue, string? after, int take, CancellationToken cancellationToken) =>
        store.KeysAsync(queue, after, take, cancellationToken);

    public virtual ValueTask<FlowRecord?> FindFlowAsync(string id, CancellationToken cancellationToken) =>
        store.FindFlowAsync(id, cancellationToken);

    public virtual ValueTask<IReadOnlyList<FlowRecord>> FlowsAsync(long? before, int take, CancellationToken cancellationToken) =>
        store.FlowsAsync(before, take, cancellationToken);

    public virtual ValueTask<StorePage> FlowJobsAsync(string flow, PageKey? after, int take, JobParts parts, CancellationToken cancellationToken) =>
        store.FlowJobsAsync(flow, after, take, parts, cancellationToken);

    public virtual IDisposable Watch(Action<StoreSignal> observer) => store.Watch(observer);

    public virtual Task<IReadOnlyList<string>> AuditAsync(CancellationToken cancellationToken) => store.AuditAsync(cancellationToken);

    public virtual ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken) => store.GetTimeAsync(cancellationToken);

    public virtual Task SetClockOffsetAsync(TimeSpan offset, CancellationToken cancellationToken) => store.SetClockOffsetAsync(offset, cancellationToken);

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
