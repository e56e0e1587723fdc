using AsyncMQ.InMemory;
using AsyncMQ.Jobs;
using AsyncMQ.Queues;
using AsyncMQ.Storage;
using AsyncMQ.Testing.Running;

namespace AsyncMQ.Testing.Store;

/// <summary>
/// The store in memory as the host's runtime sees it: it gives jobs and tells of due schedules only while the host runs, one job for each free slot and no
/// more, and keeps a list of what was added.
/// </summary>
internal sealed partial class TestStore(InMemoryJobStore inner, TimeProvider time, Activity activity) : IJobStore
{
    private readonly Lock adding = new();
    private readonly List<JobAdded> added = [];
    private readonly StoreWatchers watchers = new();
    private long moves;
    private bool isOpen;

    public string Description => inner.Description;

    public InMemoryJobStore Inner => inner;

    /// <summary>True while workers are given jobs.</summary>
    public bool IsOpen { get => Volatile.Read(ref isOpen); set => Volatile.Write(ref isOpen, value); }

    /// <summary>How many jobs were claimed or settled.</summary>
    public long Moves => Interlocked.Read(ref moves);

    /// <summary>Told of each queue that gets a job.</summary>
    public Action<string>? QueueGotJob { get; set; }

    /// <summary>Reads what was added; set before anything is.</summary>
    public RecordReader Reader { get; set; } = new(new([]), PayloadCodec.None);

    /// <summary>The jobs stored by adds, in order.</summary>
    public IReadOnlyList<JobAdded> Added
    {
        get
        {
            lock (adding)
                return [.. added];
        }
    }

    /// <summary>Tells the workers that a queue may have work.</summary>
    public void Wake(string queue) => watchers.Tell(new(StoreSignalKind.Work, queue));

    public async ValueTask<AddReply> AddAsync(AddStep step, CancellationToken cancellationToken)
    {
        activity.Note();
        Task<AddReply> adds;
        lock (adding)
        {
            adds = inner.AddAsync(step, cancellationToken).AsTask(); // a store in memory answers at once
            if (adds.IsCompletedSuccessfully)
                Note(step, adds.Result);
        }

        foreach (string queue in step.Groups.SelectMany(group => group.Jobs).Select(job => job.Ref.Queue).Distinct())
            QueueGotJob?.Invoke(queue);
        return await adds.ConfigureAwait(false);
    }

    public async ValueTask<ExchangeReply> ExchangeAsync(ExchangeStep step, CancellationToken cancellationToken)
    {
        // Without prefetch a job starts when it is claimed, so that starts follow the queue's order.
        step = IsOpen ? step with { Prefetch = 0 } : step with { Claims = [], Slots = 0, Prefetch = 0 };
        activity.Note();
        ExchangeReply reply = await inner.ExchangeAsync(step, cancellationToken).ConfigureAwait(false);
        Interlocked.Add(ref moves, reply.Settled.Count + reply.Claimed.Count);
        activity.Note();
        return reply;
    }

    public IDisposable Watch(Action<StoreSignal> observer) => new Watches(watchers.Add(observer), inner.Watch(observer));

    public Task StartAsync(CancellationToken cancellationToken) => inner.StartAsync(cancellationToken);

    public Task OpenAsync(SessionInfo session, CancellationToken cancellationToken) => inner.OpenAsync(session, cancellationToken);

    public RenewReply Renew(RenewStep step) => inner.Renew(step);

    public Task CloseAsync(SessionId session, CancellationToken cancellationToken) => inner.CloseAsync(session, cancellationToken);

    public ValueTask<ReportReply> ReportAsync(ReportStep step, CancellationToken cancellationToken) => inner.ReportAsync(step, cancellationToken);

    public ValueTask<RecoverReply> RecoverAsync(RecoverStep step, CancellationToken cancellationToken) => inner.RecoverAsync(step, cancellationToken);

    public ValueTask<IReadOnlyList<JobChangeReply>> AdministerJobsAsync(AdministerJobsStep step, CancellationToken cancellationToken)
    {
        activity.Note();
        return inner.AdministerJobsAsync(step, cancellationToken);
    }

    public ValueTask<QueueReply> AdministerQueueAsync(AdministerQueueStep step, CancellationToken cancellationToken)
    {
        activity.Note();
        return inner.AdministerQueueAsync(step, cancellationToken);
    }

    public ValueTask<bool> AdministerSessionAsync(AdministerSessionStep step, CancellationToken cancellationToken)
    {
        activity.Note();
        return inner.AdministerSessionAsync(step, cancellationToken);
    }

    public ValueTask<int> RecordMetricsAsync(RecordMetricsStep step, CancellationToken cancellationToken) => inner.RecordMetricsAsync(step, cancellationToken);

    public ValueTask<IReadOnlyList<MetricRecord>> MetricsAsync(MetricsRequest request, CancellationToken cancellationToken) =>
        inner.MetricsAsync(request, cancellationToken);

    public ValueTask<MaintainReply> MaintainAsync(MaintainStep step, CancellationToken cancellationToken) => inner.MaintainAsync(step, cancellationToken);

    public ValueTask<IReadOnlyList<JobRecord?>> FindAsync(IReadOnlyList<JobRef> jobs, JobParts parts, CancellationToken cancellationToken) =>
        inner.FindAsync(jobs, parts, cancellationToken);

    public ValueTask<StorePage> PageAsync(PageRequest request, CancellationToken cancellationToken) => inner.PageAsync(request, cancellationToken);

    public ValueTask<QueueCounts> CountAsync(string queue, CancellationToken cancellationToken) => inner.CountAsync(queue, cancellationToken);

    public ValueTask<IReadOnlyList<QueueRecord>> QueuesAsync(CancellationToken cancellationToken) => inner.QueuesAsync(cancellationToken);

    public ValueTask<IReadOnlyList<SessionRecord>> SessionsAsync(CancellationToken cancellationToken) => inner.SessionsAsync(cancellationToken);

    public ValueTask<IReadOnlyList<SessionClaim>> ClaimsAsync(SessionId session, CancellationToken cancellationToken) =>
        inner.ClaimsAsync(session, cancellationToken);

    public ValueTask<string?> DeduplicationOwnerAsync(string queue, string deduplicationId, CancellationToken cancellationToken) =>
        inner.DeduplicationOwnerAsync(queue, deduplicationId, cancellationToken);

    public ValueTask<FlowRecord?> FindFlowAsync(string id, CancellationToken cancellationToken) =>
        inner.FindFlowAsync(id, cancellationToken);

    public ValueTask<IReadOnlyList<FlowRecord>> FlowsAsync(long? before, int take, CancellationToken cancellationToken) =>
        inner.FlowsAsync(before, take, cancellationToken);

    public ValueTask<StorePage> FlowJobsAsync(string flow, PageKey? after, int take, JobParts parts, CancellationToken cancellationToken) =>
        inner.FlowJobsAsync(flow, after, take, parts, cancellationToken);

    public Task<IReadOnlyList<string>> AuditAsync(CancellationToken cancellationToken) => inner.AuditAsync(cancellationToken);

    public ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken) => inner.GetTimeAsync(cancellationToken);

    public Task SetClockOffsetAsync(TimeSpan offset, CancellationToken cancellationToken) => inner.SetClockOffsetAsync(offset, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private void Note(AddStep step, AddReply reply)
    {
        for (int i = 0; i < reply.Groups.Count; i++)
        {
            for (int k = 0; k < reply.Groups[i].Jobs.Count; k++)
            {
                if (reply.Groups[i].Jobs[k].Outcome is AddOutcome.Created or AddOutcome.Replaced)
                    added.Add(JobAdded.Of(step.Groups[i].Jobs[k], time.GetUtcNow(), Reader));
            }
        }
    }

    /// <summary>What is told here, and what the store in memory tells.</summary>
    private sealed class Watches(IDisposable own, IDisposable inner) : IDisposable
    {
        public void Dispose()
        {
            own.Dispose();
            inner.Dispose();
        }
    }
}
