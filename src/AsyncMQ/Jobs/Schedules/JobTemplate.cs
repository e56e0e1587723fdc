using AsyncMQ.Storage;

namespace AsyncMQ.Jobs;

/// <summary>The job of a repeatable: everything of it but its id, its stamp and its time.</summary>
internal sealed record JobTemplate
{
    public required string Name { get; init; }

    public ReadOnlyMemory<byte> Payload { get; init; }

    public ReadOnlyMemory<byte> Envelope { get; init; }

    public int Priority { get; init; }

    public TimeSpan? TimeToLive { get; init; }

    public Deduplication? Deduplication { get; init; }

    public string? Key { get; init; }

    /// <summary>How many bytes a job of it takes.</summary>
    public int Size => Payload.Length + Envelope.Length;

    public static JobTemplate Of(NewJob job) => new()
    {
        Name = job.Name,
        Payload = job.Payload,
        Envelope = job.Envelope,
        Priority = job.Priority,
        TimeToLive = job.TimeToLive,
        Deduplication = job.Deduplication,
        Key = job.Key,
    };

    /// <summary>A job of it.</summary>
    public NewJob ToJob(JobRef job, long stamp, TimeSpan delay) => new()
    {
        Ref = job,
        Name = Name,
        Stamp = stamp,
        Payload = Payload,
        Envelope = Envelope,
        Priority = Priority,
        Delay = delay,
        TimeToLive = TimeToLive,
        Deduplication = Deduplication,
        Key = Key,
        Flags = (TimeToLive is null ? 0 : JobFlags.TimeToLive) | (Deduplication is null ? 0 : JobFlags.Deduplication) | (Key is null ? 0 : JobFlags.Key),
    };

    /// <summary>What an add of it would say.</summary>
    /// <exception cref="System.Text.Json.JsonException">The envelope cannot be read.</exception>
    public JobOptions ToOptions()
    {
        JobEnvelope envelope = JobEnvelope.Unpack(Envelope);
        JobPolicy policy = envelope.Policy();
        return new()
        {
            Priority = Priority,
            TimeToLive = TimeToLive,
            Deduplication = Deduplication,
            Key = Key,
            Retries = policy.Retries,
            Backoff = policy.Backoff,
            Timeout = policy.Timeout,
            Headers = envelope.Headers,
            Tags = envelope.Tags,
        };
    }

    /// <summary>Checks that a repeatable can have such a job: its schedule says when it runs and what its jobs are called.</summary>
    /// <exception cref="ArgumentException">It cannot.</exception>
    public static void Require(JobSpec job, Schedule schedule)
    {
        schedule.Validate();
        JobOptions options = job.Options;
        if (options.JobId is { } id)
            throw new ArgumentException($"The job of a repeatable cannot have a JobId ('{id}'): each occurrence has an id of its own, made of the repeatable's id and its time.");
        if (options.RunAt is not null)
            throw new ArgumentException("The job of a repeatable cannot have RunAt: its schedule says when it runs.");
        if (options.Delay is not null)
            throw new ArgumentException("The job of a repeatable cannot have a Delay: its schedule says when it runs. Jitter delays each job by chance.");
        if (options.DependsOn is not null || job.Parents.Count > 0)
            throw new ArgumentException("The job of a repeatable cannot have DependsOn: its schedule says when it runs. Let it add a flow, or add what depends on it.");
        if (options.TimeToLive <= schedule.Jitter)
            throw new ArgumentException($"TimeToLive ({options.TimeToLive}) must be longer than Jitter ({schedule.Jitter}); a job could expire before it may start.");
    }
}
