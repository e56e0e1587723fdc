namespace AsyncMQ.Seams;

/// <summary>Everything that the core takes from the world: clock, randomness, threads.</summary>
internal sealed record RuntimeSeams(TimeProvider Time, IRandomSource Random, IWorkScheduler Scheduler)
{
    public static RuntimeSeams System { get; } = new(TimeProvider.System, SystemRandom.Instance, PoolScheduler.Instance);

    /// <summary>128 random bits for a session id.</summary>
    public Guid NewGuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        BitConverter.TryWriteBytes(bytes, Random.NextInt64());
        BitConverter.TryWriteBytes(bytes[8..], Random.NextInt64());
        return new Guid(bytes);
    }
}
