namespace AsyncMQ.Storage;

/// <summary>
/// Counts the jobs of one queue that completed and failed, by the minute of the store's clock, and keeps the last few: the one rule of rates. A store
/// counts where a job enters its final state and writes the tally with its queue's other counts, so that a rate costs nothing per job. Used by one thread
/// at a time.
/// </summary>
public sealed class EndTally
{
    /// <summary>The last five minutes touch six of the clock.</summary>
    private const int Minutes = 6;

    private readonly long[] completed = new long[Minutes];
    private readonly long[] failed = new long[Minutes];
    private long latest;

    /// <summary>What a rate is an average over: five minutes.</summary>
    public static TimeSpan Window { get; } = TimeSpan.FromMinutes(Minutes - 1);

    /// <summary>Counts a job that came into a state; states other than completed and failed are not counted.</summary>
    /// <param name="state">The state.</param>
    /// <param name="now">The store's time, in UTC ticks. Should the clock step back, it counts in the latest minute.</param>
    public void Count(JobState state, long now)
    {
        long[]? counts = state switch { JobState.Completed => completed, JobState.Failed => failed, _ => null };
        if (counts is null)
            return;

        GoTo(now / TimeSpan.TicksPerMinute);
        counts[latest % Minutes]++;
    }

    /// <summary>The averages over the five minutes before a time. Of the minute in which they began, the share that lies within counts.</summary>
    /// <param name="now">The store's time, in UTC ticks.</param>
    public QueueRates RatesAt(long now)
    {
        long minute = now / TimeSpan.TicksPerMinute;
        double oldestShare = 1 - ((now % TimeSpan.TicksPerMinute) / (double)TimeSpan.TicksPerMinute);
        return new(Average(completed, minute, oldestShare), Average(failed, minute, oldestShare));
    }

    /// <summary>The tally as numbers, for a store to keep.</summary>
    public long[] ToNumbers() => [latest, .. completed, .. failed];

    /// <summary>A tally that was kept; an empty one when the numbers are not those of a tally.</summary>
    /// <param name="numbers">What <see cref="ToNumbers"/> gave.</param>
    public static EndTally FromNumbers(ReadOnlySpan<long> numbers)
    {
        var tally = new EndTally();
        if (numbers.Length != 1 + (2 * Minutes) || numbers.ContainsAnyInRange(long.MinValue, -1))
            return tally;

        tally.latest = numbers[0];
        numbers.Slice(1, Minutes).CopyTo(tally.completed);
        numbers.Slice(1 + Minutes, Minutes).CopyTo(tally.failed);
        return tally;
    }

    private void GoTo(long minute)
    {
        if (minute <= latest)
            return;

        for (long passed = Math.Max(latest + 1, minute - Minutes + 1); passed <= minute; passed++)
            completed[passed % Minutes] = failed[passed % Minutes] = 0;
        latest = minute;
    }

    private double Average(long[] counts, long minute, double oldestShare)
    {
        double sum = 0;
        for (long past = Math.Max(0, Math.Max(minute, latest) - Minutes + 1); past <= latest; past++)
            sum += counts[past % Minutes] * (past == minute - Minutes + 1 ? oldestShare : 1);
        return sum / (Minutes - 1);
    }
}
