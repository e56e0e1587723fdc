namespace AsyncMQ.Simulation.Machine;

/// <summary>A clock on the agenda. A process's wall clock may be wrong by any amount, and may be set; what it measures is right, as with real clocks.</summary>
internal sealed class SimulatedClock(Agenda agenda, SimulatedProcess? process) : TimeProvider
{
    public static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>How wrong the wall clock is.</summary>
    public TimeSpan Skew { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow() => new(agenda.Now + Skew.Ticks, TimeSpan.Zero);

    public override long GetTimestamp() => agenda.Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new SimulatedTimer(agenda, process ?? throw new NotSupportedException("The store sets no timers."), callback, state);
        timer.Change(dueTime, period);
        return timer;
    }
}

/// <summary>A timer on the agenda; late by chance, as timers are.</summary>
internal sealed class SimulatedTimer(Agenda agenda, SimulatedProcess process, TimerCallback callback, object? state) : ITimer
{
    private static readonly TimeSpan LeastLate = TimeSpan.FromMicroseconds(1);
    private static readonly TimeSpan MostLate = TimeSpan.FromMilliseconds(15);

    private TimeSpan period;
    private long numbers;
    private bool isDisposed;

    /// <summary>The number under which it is armed; zero: it is not.</summary>
    public long Number { get; private set; }

    public bool Change(TimeSpan dueTime, TimeSpan newPeriod)
    {
        agenda.RequireThread();
        if (isDisposed)
            return false;
        period = newPeriod;
        Arm(dueTime);
        return true;
    }

    public void Fire()
    {
        Arm(period > TimeSpan.Zero ? period : Timeout.InfiniteTimeSpan);
        callback(state);
    }

    public void Dispose()
    {
        isDisposed = true;
        Arm(Timeout.InfiniteTimeSpan);
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }

    private void Arm(TimeSpan dueTime)
    {
        process.ArmedTimers += (dueTime == Timeout.InfiniteTimeSpan ? 0 : 1) - (Number == 0 ? 0 : 1);
        Number = dueTime == Timeout.InfiniteTimeSpan ? 0 : ++numbers;
        if (Number == 0 || process.HasDeafTimers(state))
            return;
        TimeSpan late = process.Chance.Is(60) ? process.Chance.Spread(LeastLate, MostLate) : TimeSpan.Zero;
        agenda.Post(process, this, Number, dueTime + late);
    }
}
