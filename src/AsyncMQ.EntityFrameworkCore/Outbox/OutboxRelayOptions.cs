using AsyncMQ.EntityFrameworkCore;

namespace AsyncMQ;

/// <summary>How a relay moves the rows of an outbox to the store.</summary>
public sealed class OutboxRelayOptions
{
    /// <summary>How often it looks for rows of other processes; those of its own it is told of. 1 s by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not 10 ms to 1 h.</exception>
    public TimeSpan PollInterval
    {
        get;
        set => field = value >= TimeSpan.FromMilliseconds(10) && value <= TimeSpan.FromHours(1)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"PollInterval must be 10 ms to 1 h, but was {value}.");
    } = TimeSpan.FromSeconds(1);

    /// <summary>Called after each step of a round that moves rows; for tests, which end the process there.</summary>
    internal Action<RelayStep>? Reached { get; set; }
}
