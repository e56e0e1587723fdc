namespace AsyncMQ.Testing;

/// <summary>The clock as handlers get it: the host's, with a count of the timers that are set on it.</summary>
internal sealed class HandlerClock(TestClock clock) : TimeProvider
{
    private int pending;

    /// <summary>How many timers handlers wait for now.</summary>
    public int Pending => Volatile.Read(ref pending);

    public override long TimestampFrequency => clock.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

    public override long GetTimestamp() => clock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new CountedTimer(this, callback, state, dueTime, period);

    private sealed class CountedTimer : ITimer
    {
        private readonly HandlerClock owner;
        private readonly ITimer timer;
        private int counted;

        public CountedTimer(HandlerClock owner, TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            this.owner = owner;
            Count(dueTime != Timeout.InfiniteTimeSpan);
            timer = owner.Inner.CreateTimer(
                given =>
                {
                    Count(period > TimeSpan.Zero);
                    callback(given);
                },
                state,
                dueTime,
                period);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Count(dueTime != Timeout.InfiniteTimeSpan);
            return timer.Change(dueTime, period);
        }

        public void Dispose()
        {
            Count(false);
            timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }

        private void Count(bool isSet)
        {
            int wanted = isSet ? 1 : 0;
            if (Interlocked.Exchange(ref counted, wanted) != wanted)
                Interlocked.Add(ref owner.pending, isSet ? 1 : -1);
        }
    }

    private TestClock Inner => clock;
}
