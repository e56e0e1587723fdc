using AsyncMQ.Jobs;

namespace AsyncMQ;

/// <summary>
/// So many starts in any window of this length, however the window is laid. An attempt counts when it is claimed, retries too. With a backlog at least
/// 98 % of it are used: the window moves on in 64 parts, of which the oldest counts whole.
/// </summary>
public sealed record RateLimit
{
    /// <summary>Makes a limit.</summary>
    /// <param name="permits">How many starts; 1 to 1 000 000 000.</param>
    /// <param name="window">The length of the window; 10 milliseconds to 366 days.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its bounds.</exception>
    public RateLimit(int permits, TimeSpan window)
    {
        if (permits is < 1 or > 1_000_000_000)
            throw new ArgumentOutOfRangeException(nameof(permits), permits, $"A rate limit must permit 1 to 1 000 000 000 starts, but was {permits}. To start none, pause the queue.");
        if (window < TimeSpan.FromMilliseconds(10) || window > TimeSpan.FromDays(366))
            throw new ArgumentOutOfRangeException(nameof(window), window, $"The window of a rate limit must be 10 milliseconds to 366 days, but was {window}.");
        (Permits, Window) = (permits, window);
    }

    /// <summary>How many starts.</summary>
    public int Permits { get; }

    /// <summary>The length of the window.</summary>
    public TimeSpan Window { get; }

    /// <summary>As in "100 per 00:00:01".</summary>
    public override string ToString() => $"{Permits} per {Window}";
}
