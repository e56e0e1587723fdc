using AsyncMQ.Testing.Running;
using AsyncMQ.Workers;

namespace AsyncMQ.Testing.Clock;

/// <summary>The clock as the runtime and the store get it. Its timers are ticks, but for the timeouts of attempts, the waits of batches and the times of local
/// repeatables, which must fire at their own time.</summary>
internal sealed class RuntimeClock(TestClock clock, Timeouts timeouts) : TimeProvider
{
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow() => clock.Time;

    public override long GetTimestamp() => clock.Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ClockTimer(clock, callback, state) { IsStop = state is Slot or Gathering or LocalRun };
        if (state is Slot slot)
            timeouts.Note(slot, timer);
        timer.Change(dueTime, period);
        return timer;
    }
}
