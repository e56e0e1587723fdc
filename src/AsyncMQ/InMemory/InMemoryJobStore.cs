using AsyncMQ.Storage;

namespace AsyncMQ.InMemory;

/// <summary>
/// The reference store: everything in this process, under one lock. The one to read first. Each transition is in a file of its own; all of them meet
/// in <c>Moving</c>, through which every job changes its state, and in its <c>Finish</c>, the only way out of the queue.
/// </summary>
/// <remarks>Keeps the memory of payloads, results and errors as it was given, without copying: callers leave it unchanged.</remarks>
/// <param name="time">The clock.</param>
internal sealed partial class InMemoryJobStore(TimeProvider time) : IJobStore
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, StoredQueue> queues = new(StringComparer.Ordinal);
    private TimeSpan clockOffset;

    /// <summary>The store's time in UTC ticks, read once per step.</summary>
    private long now;

    /// <summary>The last number given out. Handles, sequences and places all count on it.</summary>
    private long lastNumber;

    public string Description => "in memory of this process";

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task OpenAsync(SessionInfo session, CancellationToken cancellationToken) =>
        Run(session, static (store, session) => store.Open(session), cancellationToken).AsTask();

    public RenewReply Renew(RenewStep step) => Locked(step, static (store, step) => store.RenewSession(step));

    public Task CloseAsync(SessionId session, CancellationToken cancellationToken) =>
        Run(session, static (store, session) => store.Close(session), cancellationToken).AsTask();

    public ValueTask<AddReply> AddAsync(AddStep step, CancellationToken cancellationToken) =>
        RunOnce(step.Step, step, static (store, step) => store.Add(step), cancellationToken);

    public ValueTask<ExchangeReply> ExchangeAsync(ExchangeStep step, CancellationToken cancellationToken) =>
        Run(step, static (store, step) => store.ExchangeOnce(step), cancellationToken);

    public ValueTask<ReportReply> ReportAsync(ReportStep step, CancellationToken cancellationToken) =>
        RunOnce(step.Step, step, static (store, step) => store.Report(step), cancellationToken);

    public ValueTask<RecoverReply> RecoverAsync(RecoverStep step, CancellationToken cancellationToken) =>
        RunOnce(step.Step, step, static (store, step) => store.Recover(step), cancellationToken);

    public ValueTask<IReadOnlyList<JobChangeReply>> AdministerJobsAsync(AdministerJobsStep step, CancellationToken cancellationToken) =>
        RunOnce(step.Step, step, static (store, step) => (IReadOnlyList<JobChangeReply>)store.AdministerJobs(step), cancellationToken);

    public ValueTask<QueueReply> AdministerQueueAsync(AdministerQueueStep step, CancellationToken cancellationToken) =>
        RunOnce(step.Step, step, static (store, step) => store.AdministerQueue(step), cancellationToken);

    public ValueTask<bool> AdministerSessionAsync(AdministerSessionStep step, CancellationToken cancellationToken) =>
        RunOnce(step.Step, step, static (store, step) => store.AdministerSession(step), cancellationToken);

    public ValueTask<int> RecordMetricsAsync(RecordMetricsStep step, CancellationToken cancellationToken) =>
        RunOnce(step.Step, step, static (store, step) => store.RecordMetrics(step), cancellationToken);

    public ValueTask<MaintainReply> MaintainAsync(MaintainStep step, CancellationToken cancellationToken) =>
        RunOnce(step.Step, step, static (store, step) => store.Maintain(step), cancellationToken);

    public ValueTask<IReadOnlyList<JobRecord?>> FindAsync(IReadOnlyList<JobRef> jobs, JobParts parts, CancellationToken cancellationToken) =>
        Run((jobs, parts), static (store, ask) => store.Find(ask.jobs, ask.parts), cancellationToken);

    public ValueTask<StorePage> PageAsync(PageRequest request, CancellationToken cancellationToken) =>
        Run(request, static (store, request) => store.Page(request), cancellationToken);

    public ValueTask<QueueCounts> CountAsync(string queue, CancellationToken cancellationToken) =>
        Run(queue, static (store, queue) => store.Count(queue), cancellationToken);

    public ValueTask<IReadOnlyList<QueueRecord>> QueuesAsync(CancellationToken cancellationToken) =>
        Run(0, static (store, _) => store.ListQueues(), cancellationToken);

    public ValueTask<IReadOnlyList<SessionRecord>> SessionsAsync(CancellationToken cancellationToken) =>
        Run(0, static (store, _) => store.ListSessions(), cancellationToken);

    public ValueTask<IReadOnlyList<SessionClaim>> ClaimsAsync(SessionId session, CancellationToken cancellationToken) =>
        Run(session, static (store, session) => (IReadOnlyList<SessionClaim>)store.ListClaims(session), cancellationToken);

    public ValueTask<string?> DeduplicationOwnerAsync(string queue, string deduplicationId, CancellationToken cancellationToken) =>
        Run((queue, deduplicationId), static (store, ask) => store.FindDeduplicationOwner(ask.queue, ask.deduplicationId), cancellationToken);

    public ValueTask<IReadOnlyList<MetricRecord>> MetricsAsync(MetricsRequest request, CancellationToken cancellationToken) =>
        Run(request, static (store, request) => store.Metrics(request), cancellationToken);

    public Task<IReadOnlyList<string>> AuditAsync(CancellationToken cancellationToken) =>
        Run(0, static (store, _) => (IReadOnlyList<string>)store.Audit(), cancellationToken).AsTask();

    public ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken) =>
        Run(0, static (store, _) => ToTime(store.now), cancellationToken);

    public Task SetClockOffsetAsync(TimeSpan offset, CancellationToken cancellationToken) =>
        Run(offset, static (store, offset) => store.MoveClock(offset), cancellationToken).AsTask();

    public ValueTask DisposeAsync()
    {
        lock (gate)
            observers = [];
        return ValueTask.CompletedTask;
    }

    /// <summary>Runs a mutating step once: sent again, it is answered with the reply kept by its lane.</summary>
    private ValueTask<TReply> RunOnce<TStep, TReply>(
        StepId id, TStep step, Func<InMemoryJobStore, TStep, TReply> transition, CancellationToken cancellationToken)
        where TReply : notnull =>
        Run((id, step, transition), static (store, ask) => store.Once(ask.id, ask.step, ask.transition), cancellationToken);

    private TReply Once<TStep, TReply>(StepId id, TStep step, Func<InMemoryJobStore, TStep, TReply> transition)
        where TReply : notnull
    {
        Lane lane = Use(id.Session).LaneOf(id);
        if (lane.Repeat(id) is { } kept)
            return (TReply)kept;

        TReply reply = transition(this, step);
        lane.Keep(id, reply);
        return reply;
    }

    private ValueTask<TReply> Run<TStep, TReply>(
        TStep step, Func<InMemoryJobStore, TStep, TReply> transition, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<TReply>(cancellationToken);

        try
        {
            return new(Locked(step, transition));
        }
        catch (Exception exception)
        {
            return ValueTask.FromException<TReply>(exception);
        }
    }

    private TReply Locked<TStep, TReply>(TStep step, Func<InMemoryJobStore, TStep, TReply> transition)
    {
        TReply reply;
        News news;
        lock (gate)
        {
            long before = now;
            now = (time.GetUtcNow() + clockOffset).UtcTicks;
            if (now < before)
                LookAtTimesAnew(isBack: true);
            reply = transition(this, step);
            news = TakeNews();
        }

        news.Tell();
        return reply;
    }

    private static DateTimeOffset ToTime(long ticks) => new(ticks, TimeSpan.Zero);

    private long NextNumber() => ++lastNumber;

    private StoredQueue QueueNamed(string name)
    {
        if (!queues.TryGetValue(name, out StoredQueue? queue))
            queues.Add(name, queue = new(name));
        return queue;
    }

    private JobEntry? Find(JobRef job) =>
        queues.TryGetValue(job.Queue, out StoredQueue? queue) && queue.Jobs.TryGetValue(job.Id, out JobEntry? entry) ? entry : null;
}
