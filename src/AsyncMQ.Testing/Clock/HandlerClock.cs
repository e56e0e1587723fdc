using AsyncMQ.Testing.Running;

namespace AsyncMQ.Testing.Clock;

/// <summary>The clock as handlers and tests get it. A timer set by a handler is counted for its run, so that a wait for time is told from work.</summary>
internal sealed class HandlerClock(TestClock clock, RunWatches runs) : TimeProvider
{
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow() => clock.Time;

    public override long GetTimestamp() => clock.Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new ClockTimer(clock, callback, state)
        {
            IsStop = true,
            Run = runs.Current,
            IsDeadline = state is CancellationTokenSource,
            Context = ExecutionContext.Capture(),
        };
        timer.Change(dueTime, period);
        return timer;
    }
}
