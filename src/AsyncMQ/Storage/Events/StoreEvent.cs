namespace AsyncMQ.Storage;

/// <summary>
/// Something that happened, as a store keeps it. Which of the fields a kind has is told with each; the others are empty.
/// </summary>
public sealed record StoreEvent
{
    /// <summary>What happened: one kind.</summary>
    public required JobEventKinds Kind { get; init; }

    /// <summary>The store's time of the step.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The queue; null for workers.</summary>
    public string? Queue { get; init; }

    /// <summary>The job; for workers the session, as text. For Deduplicated the job that stands for the add.</summary>
    public string? Id { get; init; }

    /// <summary>The name of the job; for workers that of the session. For Deduplicated that of the suppressed add.</summary>
    public string? Name { get; init; }

    /// <summary>For jobs: how many attempts count, after the step.</summary>
    public int Attempt { get; init; }

    /// <summary>Stalled: how often its workers were lost.</summary>
    public int Stalls { get; init; }

    /// <summary>For jobs: the state after the step. For Removed: the one before.</summary>
    public JobState State { get; init; }

    /// <summary>The end of a delay, a pause, or the wait for a permit; null: none, or not known.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Started and Stalled: the worker. Deduplicated: the id of the suppressed add. QueuePaused: by whom. LimitReached: the key, null for the
    /// queue's own limit. Logged: the line.</summary>
    public string? Text { get; init; }

    /// <summary>Deduplicated: the deduplication id. QueuePaused: why.</summary>
    public string? Detail { get; init; }

    /// <summary>Retrying: true when a person retried an ended job.</summary>
    public bool IsManual { get; init; }

    /// <summary>WorkerDown: true when its lease ran out.</summary>
    public bool IsLost { get; init; }

    /// <summary>Opaque bytes. Progressed: the progress. Retrying, Returned, Failed and Stalled: the error, or empty.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }
}
