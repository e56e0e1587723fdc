namespace AsyncMQ.Storage;

/// <summary>Which parts of a record to read; the rest stays empty and costs nothing.</summary>
[Flags]
public enum JobParts : byte
{
    /// <summary>The small facts only.</summary>
    None = 0,

    /// <summary>The arguments.</summary>
    Payload = 1,

    /// <summary>The result.</summary>
    Result = 2,

    /// <summary>The attempts that are kept.</summary>
    Attempts = 4,

    /// <summary>The log lines.</summary>
    Logs = 8,

    /// <summary>The jobs that it depends on.</summary>
    Dependencies = 16,

    /// <summary>Everything.</summary>
    All = Payload | Result | Attempts | Logs | Dependencies,
}

/// <summary>A job as the store keeps it.</summary>
public sealed record JobRecord
{
    /// <summary>Queue and id.</summary>
    public required JobRef Ref { get; init; }

    /// <summary>The job's name.</summary>
    public required string Name { get; init; }

    /// <summary>Its state.</summary>
    public required JobState State { get; init; }

    /// <summary>Its place in its state's order; also the cursor behind it.</summary>
    public required PageKey Key { get; init; }

    /// <summary>Its priority; lower runs first.</summary>
    public int Priority { get; init; }

    /// <summary>Its flags, as far as they are stored with the record.</summary>
    public JobFlags Flags { get; init; }

    /// <summary>The core's own options.</summary>
    public ReadOnlyMemory<byte> Envelope { get; init; }

    /// <summary>The arguments; with <see cref="JobParts.Payload"/>.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>The result of a completed job; empty: none. With <see cref="JobParts.Result"/>.</summary>
    public ReadOnlyMemory<byte> Result { get; init; }

    /// <summary>The last error; empty: none.</summary>
    public ReadOnlyMemory<byte> Error { get; init; }

    /// <summary>The last progress reported; empty: none.</summary>
    public ReadOnlyMemory<byte> Progress { get; init; }

    /// <summary>When it was added.</summary>
    public required DateTimeOffset AddedAt { get; init; }

    /// <summary>When a delayed job comes due.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>Until when an attempt may start.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When the last attempt was claimed.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>How many attempts were started and not refunded.</summary>
    public int Attempt { get; init; }

    /// <summary>How often a worker was lost while it ran the job.</summary>
    public int Stalls { get; init; }

    /// <summary>The worker that has or last had it; null: none yet.</summary>
    public string? Worker { get; init; }

    /// <summary>True when a running job was asked to stop.</summary>
    public bool CancelRequested { get; init; }

    /// <summary>True when it waits in its queue's lane for jobs whose name no worker knew.</summary>
    public bool IsParked { get; init; }

    /// <summary>The key that it was added with; null: none.</summary>
    public string? LimitKey { get; init; }

    /// <summary>The deduplication id it was added with.</summary>
    public string? DeduplicationId { get; init; }

    /// <summary>Attempts that did not complete, oldest first, the last 64; with <see cref="JobParts.Attempts"/>. A success is told by the record itself.</summary>
    public IReadOnlyList<AttemptRecord> Attempts { get; init; } = [];

    /// <summary>Log lines, oldest first; with <see cref="JobParts.Logs"/>.</summary>
    public IReadOnlyList<JobLogLine> Logs { get; init; } = [];

    /// <summary>The flow that it belongs to; null: none.</summary>
    public string? Flow { get; init; }

    /// <summary>The jobs that it depends on, in the order given; with <see cref="JobParts.Dependencies"/>.</summary>
    public IReadOnlyList<DependencyRecord> Dependencies { get; init; } = [];

    /// <summary>What becomes of it when one of those does not complete; with <see cref="JobParts.Dependencies"/>.</summary>
    public OnDependencyFailure OnDependencyFailure { get; init; }
}

/// <summary>One attempt that did not complete.</summary>
/// <param name="Number">Which attempt, from 1.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="StartedAt">When it was claimed.</param>
/// <param name="EndedAt">When it was settled or taken back.</param>
/// <param name="Worker">The session's name.</param>
/// <param name="Error">The error's bytes; empty: none.</param>
public sealed record AttemptRecord(
    int Number, AttemptOutcome Outcome, DateTimeOffset StartedAt, DateTimeOffset EndedAt, string Worker, ReadOnlyMemory<byte> Error);

/// <summary>A place in a state's order: ascending by rank, then sequence, in every state. What the figures mean is the store's own.</summary>
/// <param name="Rank">Made from priority, due time, claim time or end, as the state has it.</param>
/// <param name="Sequence">Breaks ties.</param>
public readonly record struct PageKey(long Rank, long Sequence) : IComparable<PageKey>
{
    /// <summary>By rank, then sequence.</summary>
    public int CompareTo(PageKey other) => Rank != other.Rank ? Rank.CompareTo(other.Rank) : Sequence.CompareTo(other.Sequence);

    /// <summary>True when <paramref name="left"/> comes before <paramref name="right"/>.</summary>
    public static bool operator <(PageKey left, PageKey right) => left.CompareTo(right) < 0;

    /// <summary>True when <paramref name="left"/> comes after <paramref name="right"/>.</summary>
    public static bool operator >(PageKey left, PageKey right) => left.CompareTo(right) > 0;

    /// <summary>True unless <paramref name="left"/> comes after <paramref name="right"/>.</summary>
    public static bool operator <=(PageKey left, PageKey right) => left.CompareTo(right) <= 0;

    /// <summary>True unless <paramref name="left"/> comes before <paramref name="right"/>.</summary>
    public static bool operator >=(PageKey left, PageKey right) => left.CompareTo(right) >= 0;
}

/// <summary>Asks for one page.</summary>
public sealed record PageRequest
{
    /// <summary>The queue.</summary>
    public required string Queue { get; init; }

    /// <summary>The state.</summary>
    public required JobState State { get; init; }

    /// <summary>The most records, 1 to 1 000.</summary>
    public int Take { get; init; } = 100;

    /// <summary>Only what comes behind this place in the order walked; null: from the beginning.</summary>
    public PageKey? After { get; init; }

    /// <summary>Walk the state's order backwards.</summary>
    public bool Reverse { get; init; }

    /// <summary>Skip so many first; costs time with the number.</summary>
    public int Skip { get; init; }

    /// <summary>A hint: records that cannot match may be left out, and then the page may come back short. Null: none.</summary>
    public PageHint? Hint { get; init; }

    /// <summary>What to read of each.</summary>
    public JobParts Parts { get; init; }
}

/// <summary>What the core will look for in the records; a store may use any of it, or none.</summary>
/// <param name="Name">The job's name, exactly; null: any.</param>
/// <param name="AddedFrom">Added at or after; null: any.</param>
/// <param name="AddedTo">Added before; null: any.</param>
public sealed record PageHint(string? Name, DateTimeOffset? AddedFrom, DateTimeOffset? AddedTo);

/// <summary>One page.</summary>
/// <param name="Jobs">The records, in the order walked.</param>
/// <param name="Next">Where to go on; null at the end. May be set on a page that came back short, even empty.</param>
public sealed record StorePage(IReadOnlyList<JobRecord> Jobs, PageKey? Next);

/// <summary>Counts of one queue; every job in exactly one.</summary>
public sealed record QueueCounts
{
    /// <summary>The queue.</summary>
    public required string Queue { get; init; }

    /// <summary>Jobs by state, indexed by <see cref="JobState"/>.</summary>
    public required IReadOnlyList<long> ByState { get; init; }

    /// <summary>Waiting jobs whose priority is not the default 5: the view <c>prioritized</c>, part of waiting.</summary>
    public long Prioritized { get; init; }

    /// <summary>Waiting jobs that are parked because no worker knew their name; part of waiting.</summary>
    public long Parked { get; init; }

    /// <summary>The pause that is on; null when the queue is not paused.</summary>
    public PauseInfo? Pause { get; init; }

    /// <summary>True while the queue is paused.</summary>
    public bool IsPaused => Pause is not null;

    /// <summary>How long the next job to run has been waiting; null when none waits.</summary>
    public TimeSpan? OldestWaiting { get; init; }

    /// <summary>How fast jobs ended lately; the rule is <see cref="EndTally"/>.</summary>
    public QueueRates Rates { get; init; }
}

/// <summary>A queue's own record.</summary>
public sealed record QueueRecord
{
    /// <summary>The queue's name.</summary>
    public required string Name { get; init; }

    /// <summary>The pause that is on; null when it is not paused.</summary>
    public PauseInfo? Pause { get; init; }

    /// <summary>True while it is paused.</summary>
    public bool IsPaused => Pause is not null;

    /// <summary>True while it is closed for obliteration.</summary>
    public bool IsClosed { get; init; }

    /// <summary>Its own rule of retention; null: the library's.</summary>
    public RetentionPolicy? Retention { get; init; }

    /// <summary>Its limits; null: none.</summary>
    public QueueLimits? Limits { get; init; }

    /// <summary>Until when a handler or a person holds it back; null: not.</summary>
    public DateTimeOffset? HeldUntil { get; init; }

    /// <summary>When the next permit comes; null: one is left, or nothing limits the rate.</summary>
    public DateTimeOffset? NextPermit { get; init; }
}
