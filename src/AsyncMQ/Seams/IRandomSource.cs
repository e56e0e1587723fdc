namespace AsyncMQ.Seams;

/// <summary>All randomness of the core: jitter, session ids, stamps, generated job ids. A seeded one replays a run.</summary>
internal interface IRandomSource
{
    /// <summary>64 random bits.</summary>
    long NextInt64();

    /// <summary>At least 0 and less than 1.</summary>
    double NextDouble();
}

/// <summary>The operating system's and the runtime's randomness.</summary>
internal sealed class SystemRandom : IRandomSource
{
    public static readonly SystemRandom Instance = new();

#pragma warning disable RS0030 // the seam itself
    public long NextInt64() => Random.Shared.NextInt64(long.MinValue, long.MaxValue);

    public double NextDouble() => Random.Shared.NextDouble();
#pragma warning restore RS0030
}
