using AsyncMQ.Jobs;
using AsyncMQ.Queues;
using AsyncMQ.Storage;

namespace AsyncMQ.Testing;

/// <summary>A job as it was added: what a test asks of code that adds jobs.</summary>
public sealed record JobAdded
{
    /// <summary>Queue and id.</summary>
    public required JobRef Ref { get; init; }

    /// <summary>The job's id, generated or custom.</summary>
    public string Id => Ref.Id;

    /// <summary>The queue it was added to.</summary>
    public string Queue => Ref.Queue;

    /// <summary>The job's name.</summary>
    public required string Name { get; init; }

    /// <summary>Its arguments.</summary>
    public required JobArgs Args { get; init; }

    /// <summary>What the add said of it; what the add left unset is null here, too.</summary>
    public required JobOptions Options { get; init; }

    /// <summary>When it was added, by the host's clock.</summary>
    public required DateTimeOffset AddedAt { get; init; }

    internal static JobAdded Of(NewJob job, DateTimeOffset now, RecordReader reader)
    {
        JobEnvelope envelope = JobEnvelope.Unpack(job.Envelope);
        JobPolicy policy = envelope.Policy();
        return new()
        {
            Ref = job.Ref,
            Name = job.Name,
            Args = reader.ArgsOf(job.Payload, job.Ref, job.Name),
            AddedAt = now,
            Options = new()
            {
                JobId = job.Flags.HasFlag(JobFlags.CustomId) ? job.Ref.Id : null,
                Delay = job.Delay > TimeSpan.Zero ? job.Delay : null,
                RunAt = job.RunAt,
                Priority = job.Priority,
                TimeToLive = job.TimeToLive,
                Deduplication = job.Deduplication,
                Key = job.Key,
                DependsOn = job.DependsOn,
                OnDependencyFailure = job.OnDependencyFailure,
                Retries = policy.Retries,
                Backoff = policy.Backoff,
                Timeout = policy.Timeout,
                Headers = envelope.Headers,
                Tags = envelope.Tags,
            },
        };
    }
}
