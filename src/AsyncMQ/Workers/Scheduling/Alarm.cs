using AsyncMQ.Seams;

namespace AsyncMQ.Workers;

/// <summary>
/// Wakes one sleeper: when the time it asked for is over, at once when it is rung, and soon, but no more than four times a second, when there is only a
/// hint. A store that another process writes to gives hints all the time.
/// </summary>
internal sealed class Alarm : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);
    private static readonly TimeSpan BetweenHints = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly PumpSignal signal = new();
    private readonly RuntimeSeams seams;
    private readonly ITimer timer;
    private long lastLook;
    private long due = long.MaxValue;
    private long hint = long.MaxValue;

    public Alarm(RuntimeSeams seams)
    {
        this.seams = seams;
        timer = seams.Time.CreateTimer(static alarm => ((Alarm)alarm!).signal.Set(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>True while somebody sleeps.</summary>
    public bool IsWaitedFor => signal.IsWaitedFor;

    /// <summary>The sleeper looks what there is to do: what rings from now on is news.</summary>
    public void Look()
    {
        lock (gate)
        {
            lastLook = seams.Time.GetTimestamp();
            (due, hint) = (long.MaxValue, long.MaxValue);
            signal.Reset();
        }
    }

    public void Ring() => signal.Set();

    /// <summary>There may be something to do.</summary>
    public void RingSoon()
    {
        lock (gate)
        {
            if (hint < long.MaxValue)
                return;
            hint = lastLook + Units(BetweenHints);
            SetTimer();
        }
    }

    /// <summary>There will be something to do after this time: rings when that is notably sooner than the sleeper would wake.</summary>
    public void Expect(TimeSpan time)
    {
        lock (gate)
        {
            if (time < Longest && seams.Time.GetTimestamp() + Units(time + Slack) < due)
                signal.Set();
        }
    }

    /// <summary>Sleeps until it rings.</summary>
    /// <param name="time">The longest sleep; null: no end to it.</param>
    public Task SleepAsync(TimeSpan? time)
    {
        lock (gate)
        {
            due = time is { } span ? seams.Time.GetTimestamp() + Units(span < Longest ? span : Longest) : long.MaxValue;
            SetTimer();
        }

        return seams.Scheduler.Rejoin(signal.WaitAsync());
    }

    public void Dispose() => timer.Dispose();

    // At least a millisecond: a timer that is a little early must not make the sleeper ask the store in a circle.
    private void SetTimer()
    {
        long ring = Math.Min(due, hint);
        TimeSpan left = ring == long.MaxValue ? Timeout.InfiniteTimeSpan : seams.Time.GetElapsedTime(seams.Time.GetTimestamp(), ring);
        timer.Change(ring == long.MaxValue || left > TimeSpan.FromMilliseconds(1) ? left : TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
    }

    private long Units(TimeSpan time) => (long)(time.TotalSeconds * seams.Time.TimestampFrequency);
}
