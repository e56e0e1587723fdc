using AsyncMQ.Jobs;

namespace AsyncMQ;

/// <summary>How long to wait between the attempts of a job.</summary>
/// <remarks>Made by <see cref="Fixed"/>, <see cref="Exponential"/> and <see cref="Steps"/>.</remarks>
public sealed record Backoff
{
    private Backoff()
    {
    }

    /// <summary>The library's default: 1 s, 2 s, 4 s … up to an hour, each up to 20 % shorter by chance.</summary>
    public static Backoff Default { get; } = Exponential(TimeSpan.FromSeconds(1));

    /// <summary>No wait: the next attempt is waiting at once, behind its equals.</summary>
    public static Backoff None { get; } = new() { Delays = [TimeSpan.Zero] };

    /// <summary>The delays of a stepped or fixed back-off (the last one repeats); for an exponential one the first delay.</summary>
    public IReadOnlyList<TimeSpan> Delays { get; private init; } = [];

    /// <summary>What each delay of an exponential back-off is multiplied by to give the next; 1 for the others.</summary>
    public double Factor { get; private init; } = 1;

    /// <summary>The longest delay.</summary>
    public TimeSpan Longest { get; private init; } = Times.Longest;

    /// <summary>The share of each delay, 0 to 1, that chance may take away, so that jobs that failed together do not come back together.</summary>
    public double Jitter { get; private init; }

    /// <summary>The same delay each time.</summary>
    /// <param name="delay">Zero to 100 years.</param>
    /// <exception cref="ArgumentOutOfRangeException">The delay is negative or too long.</exception>
    public static Backoff Fixed(TimeSpan delay) => new() { Delays = [Times.RequireDelay(delay, "A back-off delay")!.Value] };

    /// <summary>A delay that grows by a factor each time.</summary>
    /// <param name="first">The delay after the first failed attempt; longer than zero.</param>
    /// <param name="factor">1 to 100; 2 by default.</param>
    /// <param name="longest">The cap; an hour by default, or <paramref name="first"/> when that is longer.</param>
    /// <param name="jitter">The share of each delay that chance may take away, 0 to 1; 0.2 by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    public static Backoff Exponential(TimeSpan first, double factor = 2, TimeSpan? longest = null, double jitter = 0.2)
    {
        Times.RequireSpan(first, "The first back-off delay");
        Times.RequireSpan(longest, "The longest back-off delay");
        if (!(factor is >= 1 and <= 100))
            throw new ArgumentOutOfRangeException(nameof(factor), factor, $"A back-off factor must be 1 to 100, but was {factor}.");
        if (!(jitter is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(jitter), jitter, $"A back-off jitter must be 0 to 1, but was {jitter}.");

        TimeSpan cap = longest ?? (first > TimeSpan.FromHours(1) ? first : TimeSpan.FromHours(1));
        return new() { Delays = [first], Factor = factor, Longest = cap, Jitter = jitter };
    }

    /// <summary>A delay for each failed attempt in turn; the last one repeats.</summary>
    /// <param name="delays">1 to 100 delays, each zero to 100 years.</param>
    /// <exception cref="ArgumentException">There are none, or too many.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A delay is negative or too long.</exception>
    public static Backoff Steps(params ReadOnlySpan<TimeSpan> delays)
    {
        if (delays.Length is 0 or > 100)
            throw new ArgumentException($"A stepped back-off needs 1 to 100 delays, but got {delays.Length}.", nameof(delays));
        foreach (TimeSpan delay in delays)
            Times.RequireDelay(delay, "A back-off delay");

        return new() { Delays = delays.ToArray() };
    }

    /// <summary>The wait after the attempt of this number, from 1, failed.</summary>
    /// <param name="attempt">Which attempt failed.</param>
    /// <param name="chance">A random number of at least 0 and less than 1, for the jitter.</param>
    public TimeSpan DelayAfter(int attempt, double chance = 0)
    {
        int index = Math.Max(attempt, 1) - 1;
        double ticks = Factor > 1
            ? Delays[0].Ticks * Math.Pow(Factor, index)
            : Delays[Math.Min(index, Delays.Count - 1)].Ticks;
        ticks = Math.Min(ticks, Longest.Ticks);
        return TimeSpan.FromTicks((long)(ticks * (1 - (Jitter * chance))));
    }

    /// <summary>Equal when all delays and figures are.</summary>
    public bool Equals(Backoff? other) =>
        other is not null && Delays.SequenceEqual(other.Delays) && Factor.Equals(other.Factor) && Longest == other.Longest && Jitter.Equals(other.Jitter);

    /// <summary>A hash of the first delay and the figures.</summary>
    public override int GetHashCode() => HashCode.Combine(Delays[0], Delays.Count, Factor, Longest, Jitter);
}
