using AsyncMQ.Seams;

namespace AsyncMQ.Testing.Running;

/// <summary>Randomness that is the same in every run: ids from a fixed sequence, chance as the test says.</summary>
internal sealed class TestRandom : IRandomSource
{
    private const ulong Step = 0x9E3779B97F4A7C15;
    private long state;
    private double chance;

    public double Chance
    {
        get => Volatile.Read(ref chance);
        set => Volatile.Write(ref chance, value is >= 0 and < 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"Chance must be at least 0 and less than 1, but was {value}."));
    }

    // SplitMix64.
    public long NextInt64()
    {
        ulong z = (ulong)Interlocked.Add(ref state, unchecked((long)Step));
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return (long)(z ^ (z >> 31));
    }

    public double NextDouble() => Chance;
}
