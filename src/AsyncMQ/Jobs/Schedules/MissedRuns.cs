namespace AsyncMQ;

/// <summary>
/// What becomes of occurrences that were missed: those behind which a later one is due too, and one that is more than a minute late. It happens when no
/// worker ran, or the store was away. What is not made up for is noted in the history, the latest 50 of them.
/// </summary>
public sealed record MissedRuns
{
    private const int Largest = 1_000;

    private MissedRuns(int most) => Most = most;

    /// <summary>They are left out; only the last one due runs, when it is not more than a minute late.</summary>
    public static MissedRuns Skip { get; } = new(0);

    /// <summary>All that is due is made up for by one job, that of the last occurrence, however late it is. The default.</summary>
    public static MissedRuns RunOnce { get; } = new(1);

    /// <summary>How many of the occurrences that are due run at most, the latest ones; zero: see <see cref="Skip"/>.</summary>
    public int Most { get; }

    /// <summary>Each has its job, in order of time; of more than <paramref name="most"/> that are due, the latest ones.</summary>
    /// <param name="most">1 to 1 000.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is out of its range.</exception>
    public static MissedRuns RunAll(int most) => most is >= 1 and <= Largest
        ? new(most)
        : throw new ArgumentOutOfRangeException(nameof(most), most, $"Missed runs to make up for must be 1 to 1 000, but were {most}. MissedRuns.Skip makes up for none.");
}
