using AsyncMQ.Seams;

namespace AsyncMQ.Simulation.Machine;

/// <summary>All chance of a simulation, from one seed: the same seed draws the same for ever, on every machine and runtime.</summary>
/// <param name="seed">Where it begins.</param>
internal sealed class Chance(long seed) : IRandomSource
{
    private ulong state = unchecked((ulong)seed * 0xD1342543DE82EF95) + 0x2545F4914F6CDD1D;

    // SplitMix64.
    public ulong Next()
    {
        ulong z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    public long NextInt64() => (long)Next();

    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A source of its own, so that what draws from it does not disturb the draws of others.</summary>
    public Chance Fork() => new(NextInt64());

    /// <summary>At least 0 and less than the limit.</summary>
    public int Below(int limit) => (int)(Next() % (ulong)limit);

    /// <summary>True so often, of 1 000 times.</summary>
    public bool Is(int perMille) => Below(1_000) < perMille;

    public T Of<T>(params ReadOnlySpan<T> choices) => choices[Below(choices.Length)];

    public TimeSpan Between(TimeSpan shortest, TimeSpan longest) => shortest + ((longest - shortest) * NextDouble());

    /// <summary>About so long on average; now and then at once, or nearly so.</summary>
    public TimeSpan Around(TimeSpan mean) => Is(200) ? Spread(TimeSpan.FromMilliseconds(1), mean) : Between(TimeSpan.Zero, mean * 2);

    /// <summary>Mostly short, seldom long: each order of magnitude is as likely as another.</summary>
    public TimeSpan Spread(TimeSpan shortest, TimeSpan longest) => shortest * Math.Pow(longest / shortest, NextDouble());
}
