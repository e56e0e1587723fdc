namespace AsyncMQ.Jobs;

/// <summary>How a job is run, at one level of late resolution: the add's options, the handler's attribute, the queue, the library. Null: not said here.</summary>
internal sealed record JobPolicy
{
    public int? Retries { get; init; }

    public Backoff? Backoff { get; init; }

    public TimeSpan? Timeout { get; init; }

    /// <summary>What this level says, and for the rest what the next one says.</summary>
    public JobPolicy Or(JobPolicy next) => new()
    {
        Retries = Retries ?? next.Retries,
        Backoff = Backoff ?? next.Backoff,
        Timeout = Timeout ?? next.Timeout,
    };
}
