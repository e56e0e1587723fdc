using AsyncMQ.Conformance.Driving;

namespace AsyncMQ.Conformance;

/// <summary>A store behind a bad line: the next mutating step is executed, and its reply is lost.</summary>
public sealed class DroppedReplies(IJobStore store) : BorrowedStore(store)
{
    private int drops;

    /// <summary>Loses the reply of the next mutating step.</summary>
    public void DropNext() => Interlocked.Exchange(ref drops, 1);

    public override async Task OpenAsync(SessionInfo session, CancellationToken cancellationToken)
    {
        await base.OpenAsync(session, cancellationToken);
        Drop();
    }

    public override RenewReply Renew(RenewStep step) => Drop(base.Renew(step));

    public override async Task CloseAsync(SessionId session, CancellationToken cancellationToken)
    {
        await base.CloseAsync(session, cancellationToken);
        Drop();
    }

    public override async ValueTask<AddReply> AddAsync(AddStep step, CancellationToken cancellationToken) => Drop(await base.AddAsync(step, cancellationToken));

    public override async ValueTask<ExchangeReply> ExchangeAsync(ExchangeStep step, CancellationToken cancellationToken) =>
        Drop(await base.ExchangeAsync(step, cancellationToken));

    public override async ValueTask<ReportReply> ReportAsync(ReportStep step, CancellationToken cancellationToken) =>
        Drop(await base.ReportAsync(step, cancellationToken));

    public override async ValueTask<RecoverReply> RecoverAsync(RecoverStep step, CancellationToken cancellationToken) =>
        Drop(await base.RecoverAsync(step, cancellationToken));

    public override async ValueTask<IReadOnlyList<JobChangeReply>> AdministerJobsAsync(AdministerJobsStep step, CancellationToken cancellationToken) =>
        Drop(await base.AdministerJobsAsync(step, cancellationToken));

    public override async ValueTask<bool> AdministerSessionAsync(AdministerSessionStep step, CancellationToken cancellationToken) =>
        Drop(await base.AdministerSessionAsync(step, cancellationToken));

    public override async ValueTask<int> RecordMetricsAsync(RecordMetricsStep step, CancellationToken cancellationToken) =>
        Drop(await base.RecordMetricsAsync(step, cancellationToken));

    public override async ValueTask<QueueReply> AdministerQueueAsync(AdministerQueueStep step, CancellationToken cancellationToken) =>
        Drop(await base.AdministerQueueAsync(step, cancellationToken));

    public override async ValueTask<MaintainReply> MaintainAsync(MaintainStep step, CancellationToken cancellationToken) =>
        Drop(await base.MaintainAsync(step, cancellationToken));

    public override async ValueTask<ScheduleReply> UpsertScheduleAsync(UpsertScheduleStep step, CancellationToken cancellationToken) =>
        Drop(await base.UpsertScheduleAsync(step, cancellationToken));

    public override async ValueTask<ScheduleReply> ChangeScheduleAsync(ChangeScheduleStep step, CancellationToken cancellationToken) =>
        Drop(await base.ChangeScheduleAsync(step, cancellationToken));

    public override async ValueTask<TickReply> TickAsync(TickStep step, CancellationToken cancellationToken) =>
        Drop(await base.TickAsync(step, cancellationToken));

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Inner.DisposeAsync();
    }

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
