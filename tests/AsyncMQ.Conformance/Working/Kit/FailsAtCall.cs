using System.Collections.Concurrent;

namespace AsyncMQ.Conformance.Working;

/// <summary>A store of which one call fails, before it takes effect or after: the n-th of a kind. Every other is done as asked.</summary>
/// <param name="store">The store.</param>
/// <param name="kind">Which kind of call; empty: none.</param>
/// <param name="at">Which of that kind, from 1.</param>
/// <param name="takesEffect">True: it is done, and its reply is lost.</param>
public sealed class FailsAtCall(IJobStore store, string kind, int at, bool takesEffect) : BorrowedStore(store)
{
    private readonly ConcurrentDictionary<string, int> calls = new();

    /// <summary>How many calls of each kind there were.</summary>
    public IReadOnlyDictionary<string, int> Calls => calls;

    /// <summary>True when it came to the call that fails.</summary>
    public bool HasFailed { get; private set; }

    public override Task StartAsync(CancellationToken cancellationToken) => Through("Start", () => base.StartAsync(cancellationToken));

    public override Task OpenAsync(SessionInfo session, CancellationToken cancellationToken) =>
        Through("Open", () => base.OpenAsync(session, cancellationToken));

    public override Task CloseAsync(SessionId session, CancellationToken cancellationToken) =>
        Through("Close", () => base.CloseAsync(session, cancellationToken));

    public override RenewReply Renew(RenewStep step)
    {
        bool fails = IsNext("Renew");
        if (fails && !takesEffect)
            throw Failure();
        RenewReply reply = base.Renew(step);
        return fails ? throw Failure() : reply;
    }

    public override ValueTask<AddReply> AddAsync(AddStep step, CancellationToken cancellationToken) =>
        Through("Add", () => base.AddAsync(step, cancellationToken));

    public override ValueTask<ExchangeReply> ExchangeAsync(ExchangeStep step, CancellationToken cancellationToken) =>
        Through("Exchange", () => base.ExchangeAsync(step, cancellationToken));

    public override ValueTask<ReportReply> ReportAsync(ReportStep step, CancellationToken cancellationToken) =>
        Through("Report", () => base.ReportAsync(step, cancellationToken));

    public override ValueTask<RecoverReply> RecoverAsync(RecoverStep step, CancellationToken cancellationToken) =>
        Through("Recover", () => base.RecoverAsync(step, cancellationToken));

    public override ValueTask<IReadOnlyList<JobChangeReply>> AdministerJobsAsync(AdministerJobsStep step, CancellationToken cancellationToken) =>
        Through($"AdministerJobs {step.Command}", () => base.AdministerJobsAsync(step, cancellationToken));

    public override ValueTask<QueueReply> AdministerQueueAsync(AdministerQueueStep step, CancellationToken cancellationToken) =>
        Through($"AdministerQueue {step.Command.GetType().Name}", () => base.AdministerQueueAsync(step, cancellationToken));

    public override ValueTask<bool> AdministerSessionAsync(AdministerSessionStep step, CancellationToken cancellationToken) =>
        Through("AdministerSession", () => base.AdministerSessionAsync(step, cancellationToken));

    public override ValueTask<int> RecordMetricsAsync(RecordMetricsStep step, CancellationToken cancellationToken) =>
        Through("RecordMetrics", () => base.RecordMetricsAsync(step, cancellationToken));

    public override ValueTask<IReadOnlyList<MetricRecord>> MetricsAsync(MetricsRequest request, CancellationToken cancellationToken) =>
        Through("Metrics", () => base.MetricsAsync(request, cancellationToken));

    public override ValueTask<MaintainReply> MaintainAsync(MaintainStep step, CancellationToken cancellationToken) =>
        Through("Maintain", () => base.MaintainAsync(step, cancellationToken));

    public override ValueTask<IReadOnlyList<JobRecord?>> FindAsync(IReadOnlyList<JobRef> jobs, JobParts parts, CancellationToken cancellationToken) =>
        Through("Find", () => base.FindAsync(jobs, parts, cancellationToken));

    public override ValueTask<StorePage> PageAsync(PageRequest request, CancellationToken cancellationToken) =>
        Through("Page", () => base.PageAsync(request, cancellationToken));

    public override ValueTask<QueueCounts> CountAsync(string queue, CancellationToken cancellationToken) =>
        Through("Count", () => base.CountAsync(queue, cancellationToken));

    public override ValueTask<IReadOnlyList<QueueRecord>> QueuesAsync(CancellationToken cancellationToken) =>
        Through("Queues", () => base.QueuesAsync(cancellationToken));

    public override ValueTask<IReadOnlyList<SessionRecord>> SessionsAsync(CancellationToken cancellationToken) =>
        Through("Sessions", () => base.SessionsAsync(cancellationToken));

    public override ValueTask<IReadOnlyList<SessionClaim>> ClaimsAsync(SessionId session, CancellationToken cancellationToken) =>
        Through("Claims", () => base.ClaimsAsync(session, cancellationToken));

    public override ValueTask<ScheduleReply> UpsertScheduleAsync(UpsertScheduleStep step, CancellationToken cancellationToken) =>
        Through("UpsertSchedule", () => base.UpsertScheduleAsync(step, cancellationToken));

    public override ValueTask<ScheduleReply> ChangeScheduleAsync(ChangeScheduleStep step, CancellationToken cancellationToken) =>
        Through("ChangeSchedule", () => base.ChangeScheduleAsync(step, cancellationToken));

    public override ValueTask<TickReply> TickAsync(TickStep step, CancellationToken cancellationToken) =>
        Through("Tick", () => base.TickAsync(step, cancellationToken));

    public override ValueTask<ScheduleRecord?> FindScheduleAsync(string queue, string id, CancellationToken cancellationToken) =>
        Through("FindSchedule", () => base.FindScheduleAsync(queue, id, cancellationToken));

    public override ValueTask<IReadOnlyList<ScheduleRecord>> SchedulesAsync(string queue, string? after, int take, CancellationToken cancellationToken) =>
        Through("Schedules", () => base.SchedulesAsync(queue, after, take, cancellationToken));

    public override ValueTask<DueSchedules> DueAsync(int limit, CancellationToken cancellationToken) =>
        Through("Due", () => base.DueAsync(limit, cancellationToken));

    public override ValueTask<IReadOnlyList<OccurrenceRecord>> OccurrencesAsync(string queue, string id, int take, CancellationToken cancellationToken) =>
        Through("Occurrences", () => base.OccurrencesAsync(queue, id, take, cancellationToken));

    public override ValueTask<SubscribeReply> SubscribeAsync(EventSubscription subscription, CancellationToken cancellationToken) =>
        Through("Subscribe", () => base.SubscribeAsync(subscription, cancellationToken));

    public override ValueTask<EventPage> ReadEventsAsync(long from, int take, CancellationToken cancellationToken) =>
        Through("ReadEvents", () => base.ReadEventsAsync(from, take, cancellationToken));

    public override ValueTask<KeyRecord?> FindKeyAsync(string queue, string key, CancellationToken cancellationToken) =>
        Through("FindKey", () => base.FindKeyAsync(queue, key, cancellationToken));

    public override ValueTask<IReadOnlyList<KeyRecord>> KeysAsync(string queue, string? after, int take, CancellationToken cancellationToken) =>
        Through("Keys", () => base.KeysAsync(queue, after, take, cancellationToken));

    public override ValueTask<FlowRecord?> FindFlowAsync(string id, CancellationToken cancellationToken) =>
        Through("FindFlow", () => base.FindFlowAsync(id, cancellationToken));

    public override ValueTask<IReadOnlyList<FlowRecord>> FlowsAsync(long? before, int take, CancellationToken cancellationToken) =>
        Through("Flows", () => base.FlowsAsync(before, take, cancellationToken));

    public override ValueTask<StorePage> FlowJobsAsync(string flow, PageKey? after, int take, JobParts parts, CancellationToken cancellationToken) =>
        Through("FlowJobs", () => base.FlowJobsAsync(flow, after, take, parts, cancellationToken));

    public override ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken) =>
        Through("GetTime", () => base.GetTimeAsync(cancellationToken));

    private Task<bool> Through(string call, Func<Task> run) => Through<bool>(call, async () =>
    {
        await run();
        return true;
    }).AsTask();

    private async ValueTask<T> Through<T>(string call, Func<ValueTask<T>> run)
    {
        bool fails = IsNext(call);
        if (fails && !takesEffect)
            throw Failure();
        T reply = await run();
        return fails ? throw Failure() : reply;
    }

    private bool IsNext(string call)
    {
        int number = calls.AddOrUpdate(call, 1, (_, before) => before + 1);
        if (call != kind || number != at)
            return false;
        return HasFailed = true;
    }

    private StoreException Failure() => new($"{kind} {at} failed {(takesEffect ? "after" : "before")} it took effect.");
}
