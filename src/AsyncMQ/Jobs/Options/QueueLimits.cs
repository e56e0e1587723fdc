using AsyncMQ.Jobs;

namespace AsyncMQ;

/// <summary>
/// What bounds the jobs of a queue, over all workers and processes. Kept in the store. A job that a limit holds back stays waiting and loses no attempt.
/// </summary>
public sealed record QueueLimits
{
    /// <summary>How many of the queue's jobs may start in a window; null: any number.</summary>
    public RateLimit? Rate { get; init; }

    /// <summary>How many of the queue's jobs may run at once; null: as many as the workers have slots.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int? Concurrency { get; init => field = KeyLimits.RequireConcurrency(value); }

    /// <summary>What bounds the jobs of each key (<see cref="JobOptions.Key"/>) that has no limits of its own; null: nothing. Jobs without a key are not
    /// bound by it.</summary>
    public KeyLimits? PerKey { get; init; }
}

/// <summary>What bounds the jobs of one key, over all workers and processes.</summary>
public sealed record KeyLimits
{
    /// <summary>How many jobs of the key may start in a window; null: any number.</summary>
    public RateLimit? Rate { get; init; }

    /// <summary>How many jobs of the key may run at once; null: any number.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int? Concurrency { get; init => field = RequireConcurrency(value); }

    /// <summary>
    /// One job of the key after the other: one that has started keeps the others from starting until it has ended, through its retries and their delays,
    /// too. A job that its user delays takes its place when the delay is over.
    /// </summary>
    public bool StrictOrder { get; init; }

    internal static int? RequireConcurrency(int? value) =>
        value is null or >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, $"A concurrency limit must be at least 1, but was {value}. To start none, pause the queue.");
}
