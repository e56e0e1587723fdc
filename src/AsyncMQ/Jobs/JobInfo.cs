using AsyncMQ.Jobs;
using AsyncMQ.Storage;

namespace AsyncMQ;

/// <summary>A job as it stands in the store.</summary>
public sealed record JobInfo
{
    /// <summary>Queue and id.</summary>
    public required JobRef Ref { get; init; }

    /// <summary>The job's id.</summary>
    public string Id => Ref.Id;

    /// <summary>The job's name.</summary>
    public required string Name { get; init; }

    /// <summary>Its state.</summary>
    public required JobState State { get; init; }

    /// <summary>Its arguments.</summary>
    public required JobArgs Args { get; init; }

    /// <summary>Its priority; lower runs first.</summary>
    public int Priority { get; init; }

    /// <summary>When it was added.</summary>
    public DateTimeOffset AddedAt { get; init; }

    /// <summary>When a delayed job comes due; null unless delayed.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>Until when an attempt may start; null: unlimited.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When its last attempt was claimed; null: not yet.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended; null: not yet.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>How many attempts were started and count.</summary>
    public int Attempt { get; init; }

    /// <summary>How often a worker was lost while it ran the job.</summary>
    public int Stalls { get; init; }

    /// <summary>The worker that has or last had it; null: none yet.</summary>
    public string? Worker { get; init; }

    /// <summary>True when it is running and was asked to stop.</summary>
    public bool IsCancelRequested { get; init; }

    /// <summary>True when it waits because no worker that met it knows its name.</summary>
    public bool IsParked { get; init; }

    /// <summary>The retries that the add asked for; null: resolved where it runs.</summary>
    public int? Retries { get; init; }

    /// <summary>The key it was added with; null: none.</summary>
    public string? Key { get; init; }

    /// <summary>The deduplication id it was added with; null: none.</summary>
    public string? DeduplicationId { get; init; }

    /// <summary>The flow that it belongs to; null: none.</summary>
    public string? Flow { get; init; }

    /// <summary>The jobs that it depends on, in the order given. Read for one job only; empty in a page of jobs.</summary>
    public IReadOnlyList<JobDependency> Dependencies { get; init; } = [];

    /// <summary>What becomes of it when one of those does not complete. Read with them.</summary>
    public OnDependencyFailure OnDependencyFailure { get; init; }

    /// <summary>The repeatable whose occurrence it is, or by which it was triggered; null: none.</summary>
    public string? RepeatableId => OccurrenceIds.RepeatableOf(Id);

    /// <summary>The headers it was added with.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>The tags it was added with.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The last progress that its handler reported; null: none.</summary>
    public JobProgress? Progress { get; init; }

    /// <summary>Its last error; null: none.</summary>
    public JobError? Error { get; init; }

    /// <summary>Its result.</summary>
    public required JobResult Result { get; init; }

    /// <summary>Its attempts, oldest first: the last 64 that did not complete, and the one that did.</summary>
    public IReadOnlyList<JobAttempt> Attempts { get; init; } = [];

    /// <summary>The lines its handler logged, oldest first: the last 1 000 or 64 KiB.</summary>
    public IReadOnlyList<JobLogLine> Logs { get; init; } = [];
}
