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

    internal JobPolicy Policy => new() { Retries = Retries, Backoff = Backoff, Timeout = Timeout };
}
