namespace AsyncMQ.Testing;

/// <summary>
/// A clock that stands still until it is moved. Timers fire on the thread that moves it, in the order of their times, each at its own time. The handlers'
/// view of it counts their pending timers, so that the host can tell a handler that waits for time from one that works.
/// </summary>
internal sealed class TestClock(DateTimeOffset start) : TimeProvider
{
    private readonly Lock gate = new();
    private readonly PriorityQueue<TestTimer, (DateTimeOffset Due, long Order)> timers = new();
    private DateTimeOffset now = start;
    private long order;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>The next time that a timer fires; null: none is set.</summary>
    public DateTimeOffset? NextTimer
    {
        get
        {
            lock (gate)
            {
                SkipStale();
                return timers.TryPeek(out _, out (DateTimeOffset Due, long Order) next) ? next.Due : null;
            }
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (gate)
            return now;
    }

    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new TestTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves to a time and fires what is due by then. Never back.</summary>
    public void MoveTo(DateTimeOffset time)
    {
        while (Take(time) is { } timer)
            timer.Fire();
    }

    private TestTimer? Take(DateTimeOffset until)
    {
        lock (gate)
        {
            SkipStale();
            if (timers.TryPeek(out TestTimer? timer, out (DateTimeOffset Due, long Order) next) && next.Due <= until)
            {
                timers.Dequeue();
                now = next.Due > now ? next.Due : now;
                timer.Rearm(now);
                return timer;
            }

            now = until > now ? until : now;
            return null;
        }
    }

    private void SkipStale()
    {
        while (timers.TryPeek(out TestTimer? timer, out (DateTimeOffset Due, long Order) entry) && timer.Entry != entry.Order)
            timers.Dequeue();
    }

    private sealed class TestTimer(TestClock clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan period;

        /// <summary>Which entry of the queue is this timer's; others of it are stale. Zero: none.</summary>
        public long Entry { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan newPeriod)
        {
            lock (clock.gate)
            {
                period = newPeriod;
                Entry = 0;
                if (dueTime != Timeout.InfiniteTimeSpan)
                    Arm(clock.now + dueTime);
            }

            return true;
        }

        public void Rearm(DateTimeOffset fired)
        {
            Entry = 0;
            if (period > TimeSpan.Zero)
                Arm(fired + period);
        }

        public void Fire() => callback(state);

        public void Dispose()
        {
            lock (clock.gate)
                Entry = 0;
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }

        private void Arm(DateTimeOffset due)
        {
            Entry = ++clock.order;
            clock.timers.Enqueue(this, (due, Entry));
        }
    }
}
