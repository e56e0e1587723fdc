using AsyncMQ.Conformance.Driving;

namespace AsyncMQ.Conformance.Working;

/// <summary>The calls that a worker makes.</summary>
public enum StoreCall
{
    Start,
    Open,
    Renew,
    Close,
    Add,
    Exchange,
    Report,
    Recover,
    Administer,
    Maintain,
    Read,
    Measure,
}

/// <summary>What goes wrong with a call.</summary>
public enum Fault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It fails before it took effect.</summary>
    Fails,

    /// <summary>It takes effect, and its reply is lost.</summary>
    LosesReply,

    /// <summary>It never answers and takes no effect.</summary>
    Hangs,

    /// <summary>It is refused for good, as a step that came too late or that the store cannot do.</summary>
    Refuses,

    /// <summary>It is held until <see cref="FaultyStore.Release"/>, then done.</summary>
    Waits,
}

/// <summary>A store behind a bad line: what goes wrong is as the test plans it, call by call.</summary>
public sealed class FaultyStore(IJobStore store) : BorrowedStore(store)
{
    private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int[] calls = new int[Enum.GetValues<StoreCall>().Length];
    private readonly int[] faults = new int[Enum.GetValues<StoreCall>().Length];

    /// <summary>Says what goes wrong with each call; called from any thread.</summary>
    public Func<StoreCall, Fault> Plan { get; set; } = _ => Fault.None;

    /// <summary>Called with each Exchange that was answered.</summary>
    public Action<ExchangeStep, ExchangeReply> OnExchanged { get; set; } = (_, _) => { };

    /// <summary>What becomes of the replies to Exchanges on their way.</summary>
    public Func<ExchangeReply, ExchangeReply> Rewrite { get; set; } = reply => reply;

    /// <summary>Called with each session that was opened, before the answer is told or lost.</summary>
    public Func<SessionInfo, Task> OnOpened { get; set; } = _ => Task.CompletedTask;

    /// <summary>Called after each renewal.</summary>
    public Action<RenewStep> OnRenewed { get; set; } = _ => { };

    public int Calls(StoreCall call) => Volatile.Read(ref calls[(int)call]);

    public int Faults(StoreCall call) => Volatile.Read(ref faults[(int)call]);

    public int AllFaults => faults.Sum();

    /// <summary>Every call of these kinds goes wrong in this way until the plan is changed.</summary>
    public void Break(Fault fault, params StoreCall[] kinds) => Plan = call => kinds is [] || kinds.Contains(call) ? fault : Fault.None;

    /// <summary>The next so many calls of a kind go wrong in this way.</summary>
    public void BreakNext(Fault fault, StoreCall kind, int times = 1) =>
        Plan = call => call == kind && Interlocked.Decrement(ref times) >= 0 ? fault : Fault.None;

    /// <summary>Lets the calls go on that wait.</summary>
    public void Release()
    {
        Heal();
        released.SetResult();
    }

    public void Heal() => Plan = _ => Fault.None;

    public override Task StartAsync(CancellationToken cancellationToken) => Through(StoreCall.Start, async () =>
    {
        await base.StartAsync(cancellationToken);
        return true;
    }).AsTask();

    public override Task OpenAsync(SessionInfo session, CancellationToken cancellationToken) => Through(StoreCall.Open, async () =>
    {
        await base.OpenAsync(session, cancellationToken);
        await OnOpened(session);
        return true;
    }).AsTask();

    public override Task CloseAsync(SessionId session, CancellationToken cancellationToken) => Through(StoreCall.Close, async () =>
    {
        await base.CloseAsync(session, cancellationToken);
        return true;
    }).AsTask();

    public override RenewReply Renew(RenewStep step)
    {
        Fault fault = Next(StoreCall.Renew);
        if (fault is Fault.Fails or Fault.Hangs)
            throw new StoreException("The line is down.");
        RenewReply reply = base.Renew(step);
        OnRenewed(step);
        return fault == Fault.None ? reply : throw new StoreException("The reply was lost on its way.");
    }

    public override ValueTask<AddReply> AddAsync(AddStep step, CancellationToken cancellationToken) =>
        Through(StoreCall.Add, () => base.AddAsync(step, cancellationToken));

    public override ValueTask<ExchangeReply> ExchangeAsync(ExchangeStep step, CancellationToken cancellationToken) => Through(StoreCall.Exchange, async () =>
    {
        ExchangeReply reply = await base.ExchangeAsync(step, cancellationToken);
        OnExchanged(step, reply);
        return Rewrite(reply);
    });

    public override ValueTask<ReportReply> ReportAsync(ReportStep step, CancellationToken cancellationToken) =>
        Through(StoreCall.Report, () => base.ReportAsync(step, cancellationToken));

    public override ValueTask<RecoverReply> RecoverAsync(RecoverStep step, CancellationToken cancellationToken) =>
        Through(StoreCall.Recover, () => base.RecoverAsync(step, cancellationToken));

    public override ValueTask<IReadOnlyList<JobChangeReply>> AdministerJobsAsync(AdministerJobsStep step, CancellationToken cancellationToken) =>
        Through(StoreCall.Administer, () => base.AdministerJobsAsync(step, cancellationToken));

    public override ValueTask<QueueReply> AdministerQueueAsync(AdministerQueueStep step, CancellationToken cancellationToken) =>
        Through(StoreCall.Administer, () => base.AdministerQueueAsync(step, cancellationToken));

    public override ValueTask<bool> AdministerSessionAsync(AdministerSessionStep step, CancellationToken cancellationToken) =>
        Through(StoreCall.Administer, () => base.AdministerSessionAsync(step, cancellationToken));

    public override ValueTask<int> RecordMetricsAsync(RecordMetricsStep step, CancellationToken cancellationToken) =>
        Through(StoreCall.Measure, () => base.RecordMetricsAsync(step, cancellationToken));

    public override ValueTask<MaintainReply> MaintainAsync(MaintainStep step, CancellationToken cancellationToken) =>
        Through(StoreCall.Maintain, () => base.MaintainAsync(step, cancellationToken));

    public override ValueTask<IReadOnlyList<JobRecord?>> FindAsync(IReadOnlyList<JobRef> jobs, JobParts parts, CancellationToken cancellationToken) =>
        Through(StoreCall.Read, () => base.FindAsync(jobs, parts, cancellationToken));

    public override ValueTask<IReadOnlyList<SessionRecord>> SessionsAsync(CancellationToken cancellationToken) =>
        Through(StoreCall.Read, () => base.SessionsAsync(cancellationToken));

    public override ValueTask<IReadOnlyList<SessionClaim>> ClaimsAsync(SessionId session, CancellationToken cancellationToken) =>
        Through(StoreCall.Read, () => base.ClaimsAsync(session, cancellationToken));

    private async ValueTask<T> Through<T>(StoreCall call, Func<ValueTask<T>> run)
    {
        switch (Next(call))
        {
            case Fault.Fails:
                throw new StoreException("The line is down.");
            case Fault.Refuses:
                throw new ArgumentException("The store does not take this step.");
            case Fault.Hangs:
                await new TaskCompletionSource().Task;
                break;
            case Fault.Waits:
                await released.Task;
                break;
            case Fault.LosesReply:
                await run();
                throw new StoreException("The reply was lost on its way.");
        }

        return await run();
    }

    private Fault Next(StoreCall call)
    {
        Interlocked.Increment(ref calls[(int)call]);
        Fault fault = Plan(call);
        if (fault != Fault.None)
            Interlocked.Increment(ref faults[(int)call]);
        return fault;
    }
}
