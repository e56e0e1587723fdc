namespace AsyncMQ.Simulation.Machine;

/// <summary>What an errand is, for the trace.</summary>
internal enum ErrandKind : byte
{
    /// <summary>Work that the runtime queued or started.</summary>
    Work,

    /// <summary>Awaiters of a task that was completed.</summary>
    Resumption,

    Timer,

    /// <summary>The lease keeper's turn.</summary>
    Beat,

    /// <summary>A call arrives at the store.</summary>
    Request,

    /// <summary>An answer arrives at a process.</summary>
    Reply,

    /// <summary>News of the store arrives at a process.</summary>
    Signal,

    /// <summary>What the world does to the processes.</summary>
    Fate,
}

/// <summary>
/// What is to be done, and when: the only loop of a simulation. Errands that are due at one moment run in an order that chance draws; when none is due the
/// clock jumps to the next. Everything runs on the thread that runs the agenda, one errand after the other.
/// </summary>
internal sealed class Agenda(Chance chance, Trace trace)
{
    private const int MostAtOneMoment = 2_000_000;

    private readonly PriorityQueue<Errand, Place> errands = new();
    private readonly int thread = Environment.CurrentManagedThreadId;
    private readonly ExecutionContext context = ExecutionContext.Capture()!;
    private int atThisMoment;

    /// <summary>The time of the world, in UTC ticks.</summary>
    public long Now { get; private set; } = SimulatedClock.Start.UtcTicks;

    public Trace Trace => trace;

    /// <summary>Where something first ran outside the simulation's thread; null: nothing did.</summary>
    public string? Escape { get; private set; }

    /// <summary>Enters an errand.</summary>
    /// <param name="process">Whose it is: it waits while that one is frozen, and is dropped when it is gone. Null: the world's.</param>
    /// <param name="kind">What it is.</param>
    /// <param name="after">How long from now.</param>
    /// <param name="act">What to do.</param>
    public void Post(SimulatedProcess? process, ErrandKind kind, TimeSpan after, Action act)
    {
        RequireThread();
        Post(new(process, kind, act, null, 0), Now + Math.Max(0, after.Ticks));
    }

    /// <summary>Enters a timer; it is run only if it is still armed under that number.</summary>
    public void Post(SimulatedProcess process, SimulatedTimer timer, long number, TimeSpan after)
    {
        RequireThread();
        Post(new(process, ErrandKind.Timer, null, timer, number), Now + Math.Max(0, after.Ticks));
    }

    /// <summary>Enters an errand again that came due while its process was frozen.</summary>
    public void PostAgain(Errand errand) => Post(errand, Now);

    /// <summary>Runs everything up to a time, and moves there.</summary>
    public void RunUntil(long time, Func<bool> isOver)
    {
        while (!isOver() && errands.TryPeek(out _, out Place place) && place.Due <= time)
            RunNext();
        if (!isOver())
            MoveTo(time);
    }

    /// <summary>Everything must happen on one thread; what does not is lost to the seed.</summary>
    public void RequireThread()
    {
        if (Environment.CurrentManagedThreadId == thread)
            return;
        Escape ??= Environment.StackTrace;
        throw new InvalidOperationException("This runs outside the simulation's thread.");
    }

    private void RunNext()
    {
        Errand errand = errands.TryDequeue(out Errand taken, out Place place) ? taken : throw new InvalidOperationException("There is nothing to do.");
        MoveTo(place.Due);
        if (errand.Process is { } process)
        {
            if (process.IsGone || (errand.Timer is { } timer && timer.Number != errand.Number))
                return;
            if (process.IsFrozen)
            {
                process.Hold(errand);
                return;
            }
        }

        if (++atThisMoment > MostAtOneMoment)
            throw new InvalidOperationException("Time stands still: something asks again and again.");
        trace.Note(Now, errand.Process?.Number ?? 0, errand.Kind);
        ExecutionContext.Restore(context);
        if (errand.Timer is { } due)
            due.Fire();
        else
            errand.Act!();
    }

    private void MoveTo(long time)
    {
        if (time <= Now)
            return;
        Now = time;
        atThisMoment = 0;
    }

    private void Post(Errand errand, long due) => errands.Enqueue(errand, new(due, chance.Next()));

    private readonly record struct Place(long Due, ulong Draw) : IComparable<Place>
    {
        public int CompareTo(Place other) => Due != other.Due ? Due.CompareTo(other.Due) : Draw.CompareTo(other.Draw);
    }
}

/// <summary>One thing to do.</summary>
internal readonly record struct Errand(SimulatedProcess? Process, ErrandKind Kind, Action? Act, SimulatedTimer? Timer, long Number);
