using AsyncMQ.InMemory;
using AsyncMQ.Simulation.Machine;
using AsyncMQ.Simulation.Witnessing;

namespace AsyncMQ.Simulation.Wires;

/// <content>The store as the process sees it.</content>
internal sealed partial class Wire : IJobStore
{
    public string Description => "a simulated store";

    private InMemoryJobStore Store => world.Store;

    private Witness Witness => world.Witness;

    private Mutant Mutant => world.Mutant;

    public Task StartAsync(CancellationToken cancellationToken) => Send(() => true).AsTask();

    public Task OpenAsync(SessionInfo session, CancellationToken cancellationToken) => Send(() =>
    {
        Done(Store.OpenAsync(Mutant.Open(session), default));
        Witness.Opened(process, session);
        return true;
    }).AsTask();

    public Task CloseAsync(SessionId session, CancellationToken cancellationToken) => Send(() =>
    {
        if (!Mutant.LosesClose)
            Done(Store.CloseAsync(session, default));
        Witness.Closed(session);
        return true;
    }).AsTask();

    /// <summary>The keeper's own line: synchronous, so it is answered at once or not at all.</summary>
    public RenewReply Renew(RenewStep step)
    {
        world.Agenda.RequireThread();
        if (IsDown || chance.Is(Weather.LostRequests + Weather.Refused))
        {
            process.NoteTrouble();
            Mutant.RenewFailed(process);
            throw new StoreException("The line to the store is down.");
        }

        if (Mutant.Renew(process, step) is { } pretended)
            return pretended;
        RenewReply reply = Store.Renew(step);
        Witness.Renewed(step, reply);
        if (chance.Is(Weather.LostReplies + Weather.Broken))
        {
            process.NoteTrouble();
            throw new StoreException("The line broke on the way back.");
        }

        return Mutant.Renewed(reply);
    }

    public ValueTask<AddReply> AddAsync(AddStep step, CancellationToken cancellationToken) => Send(() =>
    {
        if (chance.Is(Weather.Refused / 10))
            throw new StoreRejectedException("The disk is full.");
        Witness.Begin(Deed.Add);
        AddReply reply = Mutant.Pretend(step) ?? Done(Store.AddAsync(Mutant.Add(step, Witness), default));
        Witness.Added(step, reply);
        return reply;
    });

    public ValueTask<ExchangeReply> ExchangeAsync(ExchangeStep step, CancellationToken cancellationToken) => Send(() =>
    {
        Witness.Begin(Deed.Exchange);
        ExchangeReply reply = Mutant.Exchanged(process, step, Done(Store.ExchangeAsync(Mutant.Exchange(process, step, Witness), default)));
        Witness.Exchanged(process, step, reply);
        return reply;
    });

    public ValueTask<ReportReply> ReportAsync(ReportStep step, CancellationToken cancellationToken) => Send(() =>
    {
        ReportReply reply = Done(Store.ReportAsync(step, default));
        Witness.Reported(step, reply);
        return reply;
    });

    public ValueTask<RecoverReply> RecoverAsync(RecoverStep step, CancellationToken cancellationToken) => Send(() =>
    {
        if (Mutant.NeverRecovers)
            return new RecoverReply([], [], More: false);
        Witness.Begin(Deed.Recover);
        RecoverReply reply = Done(Store.RecoverAsync(step, default));
        Witness.Recovered(step, reply);
        return reply;
    });

    public ValueTask<IReadOnlyList<JobChangeReply>> AdministerJobsAsync(AdministerJobsStep step, CancellationToken cancellationToken) => Send(() =>
    {
        Witness.Begin(step.Command == JobCommand.Remove ? Deed.Remove : Deed.Administer);
        IReadOnlyList<JobChangeReply> reply = Done(Store.AdministerJobsAsync(step, default));
        Witness.Administered(step, reply);
        return reply;
    });

    public ValueTask<QueueReply> AdministerQueueAsync(AdministerQueueStep step, CancellationToken cancellationToken) => Send(() =>
    {
        Witness.Begin(Deed.Administer);
        QueueReply reply = Mutant.Ignores(step.Command) ? QueueReply.Done : Done(Store.AdministerQueueAsync(step, default));
        Witness.Administered(step, reply);
        return reply;
    });

    public ValueTask<bool> AdministerSessionAsync(AdministerSessionStep step, CancellationToken cancellationToken) =>
        Send(() => Done(Store.AdministerSessionAsync(step, default)));

    public ValueTask<int> RecordMetricsAsync(RecordMetricsStep step, CancellationToken cancellationToken) =>
        Send(() => Done(Store.RecordMetricsAsync(step, default)));

    public ValueTask<IReadOnlyList<MetricRecord>> MetricsAsync(MetricsRequest request, CancellationToken cancellationToken) =>
        Send(() => Done(Store.MetricsAsync(request, default)));

    public ValueTask<MaintainReply> MaintainAsync(MaintainStep step, CancellationToken cancellationToken) => Send(() =>
    {
        Witness.Begin(Deed.Maintain);
        return Mutant.Maintained(Done(Store.MaintainAsync(step, default)));
    });

    public ValueTask<IReadOnlyList<JobRecord?>> FindAsync(IReadOnlyList<JobRef> jobs, JobParts parts, CancellationToken cancellationToken) =>
        Send(() => Done(Store.FindAsync(jobs, parts, default)));

    public ValueTask<StorePage> PageAsync(PageRequest request, CancellationToken cancellationToken) => Send(() => Done(Store.PageAsync(request, default)));

    public ValueTask<QueueCounts> CountAsync(string queue, CancellationToken cancellationToken) => Send(() => Done(Store.CountAsync(queue, default)));

    public ValueTask<IReadOnlyList<QueueRecord>> QueuesAsync(CancellationToken cancellationToken) => Send(() => Done(Store.QueuesAsync(default)));

    public ValueTask<IReadOnlyList<SessionRecord>> SessionsAsync(CancellationToken cancellationToken) => Send(() => Done(Store.SessionsAsync(default)));

    public ValueTask<IReadOnlyList<SessionClaim>> ClaimsAsync(SessionId session, CancellationToken cancellationToken) =>
        Send(() => Done(Store.ClaimsAsync(session, default)));

    public ValueTask<string?> DeduplicationOwnerAsync(string queue, string deduplicationId, CancellationToken cancellationToken) =>
        Send(() => Done(Store.DeduplicationOwnerAsync(queue, deduplicationId, default)));

    public ValueTask<ScheduleReply> UpsertScheduleAsync(UpsertScheduleStep step, CancellationToken cancellationToken) => Send(() =>
    {
        ScheduleReply reply = Done(Store.UpsertScheduleAsync(step, default));
        Witness.Upserted(step, reply);
        return reply;
    });

    public ValueTask<ScheduleReply> ChangeScheduleAsync(ChangeScheduleStep step, CancellationToken cancellationToken) => Send(() =>
    {
        Witness.Begin(Deed.Add);
        ScheduleReply reply = Mutant.Pretend(step, () => Done(Store.FindScheduleAsync(step.Queue, step.Id, default))) ?? Done(Store.ChangeScheduleAsync(step, default));
        Witness.Changed(step, reply);
        return reply;
    });

    public ValueTask<TickReply> TickAsync(TickStep step, CancellationToken cancellationToken) => Send(() =>
    {
        Witness.Begin(Deed.Add);
        TickReply reply = Mutant.Pretend(step) ?? Done(Store.TickAsync(Mutant.Tick(step, Witness), default));
        Witness.Ticked(step, reply);
        return reply;
    });

    public ValueTask<ScheduleRecord?> FindScheduleAsync(string queue, string id, CancellationToken cancellationToken) =>
        Send(() => Done(Store.FindScheduleAsync(queue, id, default)));

    public ValueTask<IReadOnlyList<ScheduleRecord>> SchedulesAsync(string queue, string? after, int take, CancellationToken cancellationToken) =>
        Send(() => Done(Store.SchedulesAsync(queue, after, take, default)));

    public ValueTask<DueSchedules> DueAsync(int limit, CancellationToken cancellationToken) =>
        Send(() => Done(Store.DueAsync(limit, default)));

    public ValueTask<IReadOnlyList<OccurrenceRecord>> OccurrencesAsync(string queue, string id, int take, CancellationToken cancellationToken) =>
        Send(() => Done(Store.OccurrencesAsync(queue, id, take, default)));

    public ValueTask<SubscribeReply> SubscribeAsync(EventSubscription subscription, CancellationToken cancellationToken) =>
        Send(() => Done(Store.SubscribeAsync(subscription, default)));

    public ValueTask<EventPage> ReadEventsAsync(long from, int take, CancellationToken cancellationToken) =>
        Send(() => Done(Store.ReadEventsAsync(from, take, default)));

    public Task UnsubscribeAsync(Guid id, CancellationToken cancellationToken) => Send(() =>
    {
        Done(Store.UnsubscribeAsync(id, default));
        return true;
    }).AsTask();

    public ValueTask<KeyRecord?> FindKeyAsync(string queue, string key, CancellationToken cancellationToken) =>
        Send(() => Done(Store.FindKeyAsync(queue, key, default)));

    public ValueTask<IReadOnlyList<KeyRecord>> KeysAsync(string queue, string? after, int take, CancellationToken cancellationToken) =>
        Send(() => Done(Store.KeysAsync(queue, after, take, default)));

    public ValueTask<FlowRecord?> FindFlowAsync(string id, CancellationToken cancellationToken) =>
        Send(() => Done(Store.FindFlowAsync(id, default)));

    public ValueTask<IReadOnlyList<FlowRecord>> FlowsAsync(long? before, int take, CancellationToken cancellationToken) =>
        Send(() => Done(Store.FlowsAsync(before, take, default)));

    public ValueTask<StorePage> FlowJobsAsync(string flow, PageKey? after, int take, JobParts parts, CancellationToken cancellationToken) =>
        Send(() => Done(Store.FlowJobsAsync(flow, after, take, parts, default)));

    public IDisposable Watch(Action<StoreSignal> observer)
    {
        IDisposable watch = Store.Watch(signal => Tell(observer, signal));
        watches.Add(watch);
        return watch;
    }

    public Task<IReadOnlyList<string>> AuditAsync(CancellationToken cancellationToken) => Store.AuditAsync(cancellationToken);

    public ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken) => Send(() => Done(Store.GetTimeAsync(default)));

    public Task SetClockOffsetAsync(TimeSpan offset, CancellationToken cancellationToken) => Store.SetClockOffsetAsync(offset, cancellationToken);

    public ValueTask DisposeAsync() => default;

    private void Tell(Action<StoreSignal> observer, StoreSignal signal)
    {
        if (IsDown || chance.Is(Weather.LostSignals) || Mutant.Swallows(signal))
            return;
        for (int times = chance.Is(Weather.DoubledSignals) ? 2 : 1; times > 0; times--)
        {
            TimeSpan after = chance.Is(Weather.LateSignals) ? chance.Spread(Usual, CallTimeout) : chance.Spread(Shortest, Usual);
            world.Agenda.Post(process, ErrandKind.Signal, after, () => observer(signal));
        }
    }

    // The store in memory answers at once.
    private static T Done<T>(ValueTask<T> call) => call.AsTask().GetAwaiter().GetResult();

    private static T Done<T>(Task<T> call) => call.GetAwaiter().GetResult();

    private static void Done(Task call) => call.GetAwaiter().GetResult();
}
