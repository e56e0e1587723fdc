using AsyncMQ.Faults.Kit;
using AsyncMQ.Storage;

namespace AsyncMQ.FaultWorker;

/// <summary>A store that writes down what the store behind it answered: who was given which job, and whose word was taken.</summary>
internal sealed class LedgerStore(IJobStore store, JobLedger ledger, ClaimBook claims) : IJobStore
{
    public string Description => store.Description;

    public async ValueTask<ExchangeReply> ExchangeAsync(ExchangeStep step, CancellationToken cancellationToken)
    {
        ExchangeReply reply = await store.ExchangeAsync(step, cancellationToken);
        List<LedgerLine> lines = [];
        for (int i = 0; i < reply.Settled.Count; i++)
        {
            Settlement settlement = step.Settlements[i];
            if (PhaseOf(settlement.Kind, reply.Settled[i]) is { } phase)
                lines.Add(Line(phase, settlement.Job.Id, 0, settlement.Token));
        }

        foreach (ClaimedJob job in reply.Claimed)
        {
            claims.Keep(job);
            lines.Add(Line(LedgerPhase.Claimed, job.Ref.Id, job.Attempt, job.Token));
        }

        ledger.Write(lines);
        return reply;
    }

    public Task StartAsync(CancellationToken cancellationToken) => store.StartAsync(cancellationToken);

    public Task OpenAsync(SessionInfo session, CancellationToken cancellationToken) => store.OpenAsync(session, cancellationToken);

    public RenewReply Renew(RenewStep step) => store.Renew(step);

    public Task CloseAsync(SessionId session, CancellationToken cancellationToken) => store.CloseAsync(session, cancellationToken);

    public ValueTask<AddReply> AddAsync(AddStep step, CancellationToken cancellationToken) => store.AddAsync(step, cancellationToken);

    public ValueTask<ReportReply> ReportAsync(ReportStep step, CancellationToken cancellationToken) => store.ReportAsync(step, cancellationToken);

    public ValueTask<RecoverReply> RecoverAsync(RecoverStep step, CancellationToken cancellationToken) => store.RecoverAsync(step, cancellationToken);

    public ValueTask<IReadOnlyList<JobChangeReply>> AdministerJobsAsync(AdministerJobsStep step, CancellationToken cancellationToken) =>
        store.AdministerJobsAsync(step, cancellationToken);

    public ValueTask<QueueReply> AdministerQueueAsync(AdministerQueueStep step, CancellationToken cancellationToken) => store.AdministerQueueAsync(step, cancellationToken);

    public ValueTask<bool> AdministerSessionAsync(AdministerSessionStep step, CancellationToken cancellationToken) =>
        store.AdministerSessionAsync(step, cancellationToken);

    public ValueTask<int> RecordMetricsAsync(RecordMetricsStep step, CancellationToken cancellationToken) => store.RecordMetricsAsync(step, cancellationToken);

    public ValueTask<IReadOnlyList<MetricRecord>> MetricsAsync(MetricsRequest request, CancellationToken cancellationToken) =>
        store.MetricsAsync(request, cancellationToken);

    public ValueTask<MaintainReply> MaintainAsync(MaintainStep step, CancellationToken cancellationToken) => store.MaintainAsync(step, cancellationToken);

    public ValueTask<IReadOnlyList<JobRecord?>> FindAsync(IReadOnlyList<JobRef> jobs, JobParts parts, CancellationToken cancellationToken) =>
        store.FindAsync(jobs, parts, cancellationToken);

    public ValueTask<StorePage> PageAsync(PageRequest request, CancellationToken cancellationToken) => store.PageAsync(request, cancellationToken);

    public ValueTask<QueueCounts> CountAsync(string queue, CancellationToken cancellationToken) => store.CountAsync(queue, cancellationToken);

    public ValueTask<IReadOnlyList<QueueRecord>> QueuesAsync(CancellationToken cancellationToken) => store.QueuesAsync(cancellationToken);

    public ValueTask<IReadOnlyList<SessionRecord>> SessionsAsync(CancellationToken cancellationToken) => store.SessionsAsync(cancellationToken);

    public ValueTask<IReadOnlyList<SessionClaim>> ClaimsAsync(SessionId session, CancellationToken cancellationToken) => store.ClaimsAsync(session, cancellationToken);

    public ValueTask<string?> DeduplicationOwnerAsync(string queue, string deduplicationId, CancellationToken cancellationToken) =>
        store.DeduplicationOwnerAsync(queue, deduplicationId, cancellationToken);

    public IDisposable Watch(Action<StoreSignal> observer) => store.Watch(observer);

    public ValueTask<ScheduleReply> UpsertScheduleAsync(UpsertScheduleStep step, CancellationToken cancellationToken) =>
        store.UpsertScheduleAsync(step, cancellationToken);

    public ValueTask<ScheduleReply> ChangeScheduleAsync(ChangeScheduleStep step, CancellationToken cancellationToken) =>
        store.ChangeScheduleAsync(step, cancellationToken);

    public async ValueTask<TickReply> TickAsync(TickStep step, CancellationToken cancellationToken)
    {
        TickReply reply = await store.TickAsync(step, cancellationToken);
        ledger.Write([.. step.Ticks.Select((tick, i) => Line(reply.Outcomes[i], tick.Id))]);
        return reply;
    }

    public ValueTask<ScheduleRecord?> FindScheduleAsync(string queue, string id, CancellationToken cancellationToken) =>
        store.FindScheduleAsync(queue, id, cancellationToken);

    public ValueTask<IReadOnlyList<ScheduleRecord>> SchedulesAsync(string queue, string? after, int take, CancellationToken cancellationToken) =>
        store.SchedulesAsync(queue, after, take, cancellationToken);

    public ValueTask<DueSchedules> DueAsync(int limit, CancellationToken cancellationToken) =>
        store.DueAsync(limit, cancellationToken);

    public ValueTask<IReadOnlyList<OccurrenceRecord>> OccurrencesAsync(string queue, string id, int take, CancellationToken cancellationToken) =>
        store.OccurrencesAsync(queue, id, take, cancellationToken);

    public ValueTask<SubscribeReply> SubscribeAsync(EventSubscription subscription, CancellationToken cancellationToken) =>
        store.SubscribeAsync(subscription, cancellationToken);

    public ValueTask<EventPage> ReadEventsAsync(long from, int take, CancellationToken cancellationToken) =>
        store.ReadEventsAsync(from, take, cancellationToken);

    public Task UnsubscribeAsync(Guid id, CancellationToken cancellationToken) => store.UnsubscribeAsync(id, cancellationToken);

    public ValueTask<KeyRecord?> FindKeyAsync(string queue, string key, CancellationToken cancellationToken) =>
        store.FindKeyAsync(queue, key, cancellationToken);

    public ValueTask<IReadOnlyList<KeyRecord>> KeysAsync(string queue, string? after, int take, CancellationToken cancellationToken) =>
        store.KeysAsync(queue, after, take, cancellationToken);

    public ValueTask<FlowRecord?> FindFlowAsync(string id, CancellationToken cancellationToken) =>
        store.FindFlowAsync(id, cancellationToken);

    public ValueTask<IReadOnlyList<FlowRecord>> FlowsAsync(long? before, int take, CancellationToken cancellationToken) =>
        store.FlowsAsync(before, take, cancellationToken);

    public ValueTask<StorePage> FlowJobsAsync(string flow, PageKey? after, int take, JobParts parts, CancellationToken cancellationToken) =>
        store.FlowJobsAsync(flow, after, take, parts, cancellationToken);

    public Task<IReadOnlyList<string>> AuditAsync(CancellationToken cancellationToken) => store.AuditAsync(cancellationToken);

    public ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken) => store.GetTimeAsync(cancellationToken);

    public Task SetClockOffsetAsync(TimeSpan offset, CancellationToken cancellationToken) => store.SetClockOffsetAsync(offset, cancellationToken);

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private static LedgerPhase? PhaseOf(SettlementKind kind, SettleOutcome outcome) => (outcome, kind) switch
    {
        (SettleOutcome.Lost, _) => LedgerPhase.Refused,
        (SettleOutcome.Applied, SettlementKind.Complete) => LedgerPhase.Settled,
        (SettleOutcome.Applied, SettlementKind.HandBack) => LedgerPhase.Handed,
        _ => null,
    };

    private static LedgerLine Line(ScheduleOutcome outcome, string schedule) =>
        new(LedgerLine.None, 0, outcome == ScheduleOutcome.Done ? LedgerPhase.Fired : LedgerPhase.Outrun, Environment.ProcessId, schedule, TimeProvider.System.GetTimestamp());

    private static LedgerLine Line(LedgerPhase phase, string id, int attempt, ClaimToken token) =>
        new(id, attempt, phase, Environment.ProcessId, ClaimBook.Name(token), TimeProvider.System.GetTimestamp());
}
