using AsyncMQ.Jobs;

namespace AsyncMQ;

/// <summary>What holds for one queue, unless a handler or an add says otherwise. Null: the library's.</summary>
public sealed class QueueOptions
{
    /// <summary>How often a failed job of this queue is run again.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or over 1 000 000.</exception>
    public int? Retries { get; set => field = JobOptions.RequireRetries(value); }

    /// <summary>How long to wait between attempts.</summary>
    public Backoff? Backoff { get; set; }

    /// <summary>How long one attempt may run before its token is cancelled.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive, or longer than 24 days.</exception>
    public TimeSpan? Timeout { get; set => field = JobOptions.RequireTimeout(value); }

    /// <summary>How often a job may lose its worker and still run again.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not 0 to 1 000.</exception>
    public int? MaxStalls { get; set => field = AsyncMQOptions.RequireStalls(value); }

    /// <summary>How long ended jobs are kept. Written into the queue's own record when this process starts, so that every process keeps to it.</summary>
    public RetentionPolicy? Retention { get; set; }

    /// <summary>
    /// What bounds the queue's jobs over all workers and processes: so many starts in any window of time. The limits that are set
    /// here are written into the queue's own record when this process starts, in place of those that are there. When none is set, they stay as they are.
    /// </summary>
    public RateLimit? RateLimit { get; set; }

    /// <summary>How many of the queue's jobs may run at once over all workers and processes. Written as <see cref="RateLimit"/> is.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int? MaxConcurrency { get; set => field = KeyLimits.RequireConcurrency(value); }

    /// <summary>What bounds the jobs of each key (<see cref="JobOptions.Key"/>). Written as <see cref="RateLimit"/> is.</summary>
    public KeyLimits? PerKey { get; set; }

    /// <summary>The limits together; null: none is set.</summary>
    internal QueueLimits? Limits => RateLimit is null && MaxConcurrency is null && PerKey is null
        ? null
        : new() { Rate = RateLimit, Concurrency = MaxConcurrency, PerKey = PerKey };

    internal JobPolicy Policy => new() { Retries = Retries, Backoff = Backoff, Timeout = Timeout };
}
