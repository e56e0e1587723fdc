namespace AsyncMQ.Conformance;

/// <summary>A store behind a bad line: the next mutating step is executed, and its reply is lost.</summary>
public sealed class DroppedReplies(IJobStore store) : IJobStore
{
    private int drops;

    public string Description => store.Description;

    /// <summary>Loses the reply of the next mutating step.</summary>
    public void DropNext() => Interlocked.Exchange(ref drops, 1);

    public Task StartAsync(CancellationToken cancellationToken) => store.StartAsync(cancellationToken);

    public async Task OpenAsync(SessionInfo session, CancellationToken cancellationToken)
    {
        await store.OpenAsync(session, cancellationToken);
        Drop();
    }

    public RenewReply Renew(RenewStep step) => Drop(store.Renew(step));

    public async Task CloseAsync(SessionId session, CancellationToken cancellationToken)
    {
        await store.CloseAsync(session, cancellationToken);
        Drop();
    }

    public async ValueTask<AddReply> AddAsync(AddStep step, CancellationToken cancellationToken) => Drop(await store.AddAsync(step, cancellationToken));

    public async ValueTask<ExchangeReply> ExchangeAsync(ExchangeStep step, CancellationToken cancellationToken) =>
        Drop(await store.ExchangeAsync(step, cancellationToken));

    public async ValueTask<ReportReply> ReportAsync(ReportStep step, CancellationToken cancellationToken) =>
        Drop(await store.ReportAsync(step, cancellationToken));

    public async ValueTask<RecoverReply> RecoverAsync(RecoverStep step, CancellationToken cancellationToken) =>
        Drop(await store.RecoverAsync(step, cancellationToken));

    public async ValueTask<IReadOnlyList<JobChangeReply>> AdministerJobsAsync(AdministerJobsStep step, CancellationToken cancellationToken) =>
        Drop(await store.AdministerJobsAsync(step, cancellationToken));

    public async ValueTask<QueueReply> AdministerQueueAsync(AdministerQueueStep step, CancellationToken cancellationToken) =>
        Drop(await store.AdministerQueueAsync(step, cancellationToken));

    public async ValueTask<MaintainReply> MaintainAsync(MaintainStep step, CancellationToken cancellationToken) =>
        Drop(await store.MaintainAsync(step, cancellationToken));

    public ValueTask<IReadOnlyList<JobRecord?>> FindAsync(IReadOnlyList<JobRef> jobs, JobParts parts, CancellationToken cancellationToken) =>
        store.FindAsync(jobs, parts, cancellationToken);

    public ValueTask<StorePage> PageAsync(PageRequest request, CancellationToken cancellationToken) => store.PageAsync(request, cancellationToken);

    public ValueTask<QueueCounts> CountAsync(string queue, CancellationToken cancellationToken) => store.CountAsync(queue, cancellationToken);

    public ValueTask<IReadOnlyList<QueueRecord>> QueuesAsync(CancellationToken cancellationToken) => store.QueuesAsync(cancellationToken);

    public ValueTask<IReadOnlyList<SessionRecord>> SessionsAsync(CancellationToken cancellationToken) => store.SessionsAsync(cancellationToken);

    public ValueTask<IReadOnlyList<SessionClaim>> ClaimsAsync(SessionId session, CancellationToken cancellationToken) =>
        store.ClaimsAsync(session, cancellationToken);

    public ValueTask<string?> DeduplicationOwnerAsync(string queue, string deduplicationId, CancellationToken cancellationToken) =>
        store.DeduplicationOwnerAsync(queue, deduplicationId, cancellationToken);

    public IDisposable Watch(Action<StoreSignal> observer) => store.Watch(observer);

    public Task<IReadOnlyList<string>> AuditAsync(CancellationToken cancellationToken) => store.AuditAsync(cancellationToken);

    public ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken) => store.GetTimeAsync(cancellationToken);

    public Task SetClockOffsetAsync(TimeSpan offset, CancellationToken cancellationToken) => store.SetClockOffsetAsync(offset, cancellationToken);

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private T Drop<T>(T reply)
    {
        Drop();
        return reply;
    }

    private void Drop()
    {
        if (Interlocked.Exchange(ref drops, 0) == 1)
            throw new StoreException("The reply was lost on its way.");
    }
}
