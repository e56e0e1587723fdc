using AsyncMQ.Jobs;

namespace AsyncMQ;

/// <summary>How jobs of one name are run, unless the add says otherwise. Null: the queue's, then the library's.</summary>
public class HandlerOptions
{
    /// <summary>How often a failed job is run again.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or over 1 000 000.</exception>
    public int? Retries { get; set => field = JobOptions.RequireRetries(value); }

    /// <summary>How long to wait between attempts.</summary>
    public Backoff? Backoff { get; set; }

    /// <summary>How long one attempt may run before its token is cancelled.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive, or longer than 24 days.</exception>
    public TimeSpan? Timeout { get; set => field = JobOptions.RequireTimeout(value); }

    /// <summary>Runs the jobs in processes of their own, and says in which; null (the default): in the worker's process.</summary>
    public Isolation? Isolation { get; set; }

    internal JobPolicy Over(JobPolicy attribute) => new JobPolicy { Retries = Retries, Backoff = Backoff, Timeout = Timeout }.Or(attribute);
}
