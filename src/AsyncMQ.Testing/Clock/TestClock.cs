namespace AsyncMQ.Testing.Clock;

/// <summary>
/// A clock that stands still until it is moved, and the timers on it. Some timers are <em>stops</em>: the host moves to the time of each. The others are
/// the runtime's ticks (polls, housekeeping): they are over when a move passes them.
/// </summary>
internal sealed class TestClock(DateTimeOffset start)
{
    private readonly PriorityQueue<ClockTimer, (long Due, long Order)> stops = new();
    private readonly PriorityQueue<ClockTimer, (long Due, long Order)> ticks = new();
    private long now = start.UtcTicks;
    private long order;

    /// <summary>Guards the clock and its timers.</summary>
    public Lock Gate { get; } = new();

    public long Now => Volatile.Read(ref now);

    public DateTimeOffset Time => new(Now, TimeSpan.Zero);

    /// <summary>The time of the next stop; null: there is none.</summary>
    public DateTimeOffset? NextStop
    {
        get
        {
            lock (Gate)
                return Peek(stops) is { } key ? new DateTimeOffset(key.Due, TimeSpan.Zero) : null;
        }
    }

    /// <summary>Moves to a time, never back. Nothing is fired by it.</summary>
    public void MoveTo(DateTimeOffset time)
    {
        lock (Gate)
            now = Math.Max(now, time.UtcTicks);
    }

    /// <summary>The next timer that is due, disarmed or armed anew; null: none is.</summary>
    public ClockTimer? TakeDue()
    {
        lock (Gate)
        {
            (long Due, long Order) stop = Peek(stops) ?? (long.MaxValue, 0), tick = Peek(ticks) ?? (long.MaxValue, 0);
            if (Math.Min(stop.Due, tick.Due) > now)
                return null;

            ClockTimer timer = (stop.CompareTo(tick) < 0 ? stops : ticks).Dequeue();
            timer.Expire();
            return timer;
        }
    }

    /// <summary>Enters a timer; under <see cref="Gate"/>.</summary>
    /// <returns>The number of the entry, by which it is told from older ones of the same timer.</returns>
    public long Enter(ClockTimer timer, long due)
    {
        (timer.IsStop ? stops : ticks).Enqueue(timer, (due, ++order));
        return order;
    }

    private static (long Due, long Order)? Peek(PriorityQueue<ClockTimer, (long Due, long Order)> timers)
    {
        while (timers.TryPeek(out ClockTimer? timer, out (long Due, long Order) key))
        {
            if (timer.Entry == key.Order)
                return key;
            timers.Dequeue(); // changed or disposed since
        }

        return null;
    }
}
