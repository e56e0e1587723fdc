using AsyncMQ.Testing.Running;

namespace AsyncMQ.Testing.Clock;

/// <summary>One timer on the test clock.</summary>
/// <param name="clock">The clock.</param>
/// <param name="callback">What it calls.</param>
/// <param name="state">What it gives to it.</param>
internal sealed class ClockTimer(TestClock clock, TimerCallback callback, object? state) : ITimer
{
    private long period;
    private bool isDisposed;

    /// <summary>True when the host moves to its time; false: it may be late by a move.</summary>
    public required bool IsStop { get; init; }

    /// <summary>The run whose handler set it; null: nobody's.</summary>
    public RunWatch? Run { get; init; }

    /// <summary>True when it ends something else that the handler waits for, rather than being what it waits for.</summary>
    public bool IsDeadline { get; init; }

    /// <summary>The context to call back in; null: whatever there is.</summary>
    public ExecutionContext? Context { get; init; }

    /// <summary>The number of its entry with the clock; zero: not armed.</summary>
    public long Entry { get; private set; }

    public bool Change(TimeSpan dueTime, TimeSpan newPeriod)
    {
        lock (clock.Gate)
        {
            if (isDisposed)
                return false;
            Disarm();
            period = newPeriod > TimeSpan.Zero ? newPeriod.Ticks : 0;
            if (dueTime != Timeout.InfiniteTimeSpan)
                Arm(dueTime.Ticks);
            return true;
        }
    }

    /// <summary>Its time has come: it is armed for the next period, if it has one. Under the clock's gate.</summary>
    public void Expire()
    {
        if (!IsDeadline)
            Run?.ExpectEntry();
        Disarm();
        if (period > 0)
            Arm(period);
    }

    public void Fire()
    {
        if (Context is null)
            callback(state);
        else
            ExecutionContext.Run(Context, static timer => ((ClockTimer)timer!).Call(), this);
    }

    public void Dispose()
    {
        lock (clock.Gate)
        {
            isDisposed = true;
            Disarm();
        }
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }

    private void Call() => callback(state);

    private void Arm(long ticks)
    {
        Entry = clock.Enter(this, clock.Now + ticks);
        Run?.AddTimer(IsDeadline, 1);
    }

    private void Disarm()
    {
        if (Entry == 0)
            return;
        Entry = 0;
        Run?.AddTimer(IsDeadline, -1);
    }
}
