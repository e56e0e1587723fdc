namespace AsyncMQ.Conformance.Driving;

/// <summary>A store that counts the calls on schedules, and can be made one of which no signal arrives.</summary>
public sealed class ScheduleCalls(IJobStore store) : BorrowedStore(store)
{
    private int upserts;
    private int looks;
    private int ticks;
    private int rounds;

    /// <summary>No signal of the store arrives.</summary>
    public bool IsDeaf { get; init; }

    /// <summary>Done before each upsert, with its number from 1: what others do between a look and a step.</summary>
    public Func<int, Task> BeforeUpsert { get; set; } = _ => Task.CompletedTask;

    public int Upserts => Volatile.Read(ref upserts);

    /// <summary>How often somebody asked what is due, and was answered.</summary>
    public int Looks => Volatile.Read(ref looks);

    public int Ticks => Volatile.Read(ref ticks);

    /// <summary>How many rounds of housekeeping there were.</summary>
    public int Rounds => Volatile.Read(ref rounds);

    public override async ValueTask<ScheduleReply> UpsertScheduleAsync(UpsertScheduleStep step, CancellationToken cancellationToken)
    {
        await BeforeUpsert(Interlocked.Increment(ref upserts));
        return await base.UpsertScheduleAsync(step, cancellationToken);
    }

    public override async ValueTask<DueSchedules> DueAsync(int limit, CancellationToken cancellationToken)
    {
        DueSchedules due = await base.DueAsync(limit, cancellationToken);
        Interlocked.Increment(ref looks);
        return due;
    }

    public override ValueTask<TickReply> TickAsync(TickStep step, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref ticks);
        return base.TickAsync(step, cancellationToken);
    }

    public override async ValueTask<MaintainReply> MaintainAsync(MaintainStep step, CancellationToken cancellationToken)
    {
        MaintainReply reply = await base.MaintainAsync(step, cancellationToken);
        Interlocked.Increment(ref rounds);
        return reply;
    }

    public override IDisposable Watch(Action<StoreSignal> observer) => IsDeaf ? new Nothing() : base.Watch(observer);

    private sealed class Nothing : IDisposable
    {
        public void Dispose()
        {
        }
    }
}
