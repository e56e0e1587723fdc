namespace AsyncMQ.Storage;

/// <summary>Facts about a job that make some step run extra code for it. A job without flags is <em>plain</em> and pays for nothing.</summary>
[Flags]
public enum JobFlags : byte
{
    /// <summary>A plain job.</summary>
    None = 0,

    /// <summary>Owns, or may own, a deduplication id.</summary>
    Deduplication = 1,

    /// <summary>Has a key (tenant, customer).</summary>
    Key = 2,

    /// <summary>Has a time-to-live.</summary>
    TimeToLive = 4,

    /// <summary>Other jobs depend on it.</summary>
    Dependents = 8,

    /// <summary>Somebody waits for it: its end is announced, and retention spares it for 60 s.</summary>
    Watched = 16,

    /// <summary>Its id was chosen by the user and is promised to stay taken.</summary>
    CustomId = 32,

    /// <summary>Was added with a result type: retention spares it for 60 s after its end.</summary>
    ResultWanted = 64,

    /// <summary>Depends on other jobs, or belongs to a flow.</summary>
    Linked = 128,
}

/// <summary>
/// A job to add, as the core sends it: validated, all user options resolved into these or packed into the envelope. A store may keep the memory of its
/// bytes, as of all bytes given to it: nobody changes them afterwards.
/// </summary>
public sealed record NewJob
{
    /// <summary>Queue and id.</summary>
    public required JobRef Ref { get; init; }

    /// <summary>The job's name: which handler runs it.</summary>
    public required string Name { get; init; }

    /// <summary>Random, made before the first try: a resend that meets its own stamp is answered Created.</summary>
    public required long Stamp { get; init; }

    /// <summary>The arguments: JSON, but to the store opaque bytes.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Options that only the core reads (retries, back-off, timeout, headers, tags): opaque bytes; empty for none.</summary>
    public ReadOnlyMemory<byte> Envelope { get; init; }

    /// <summary>Lower runs first.</summary>
    public int Priority { get; init; } = 5;

    /// <summary>Not to start for this long after the add, or the release by its dependencies. Zero: at once.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Not to start before this time; takes the place of <see cref="Delay"/>. In the past: at once.</summary>
    public DateTimeOffset? RunAt { get; init; }

    /// <summary>How long after the add, or the release by its dependencies, an attempt may still start. <see cref="JobFlags.TimeToLive"/> is set with it.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>Deduplication, if asked for. <see cref="JobFlags.Deduplication"/> is set with it.</summary>
    public Deduplication? Deduplication { get; init; }

    /// <summary>Whom the job is for: keys take turns, and can be limited. <see cref="JobFlags.Key"/> is set with it. The rules are those of
    /// <see cref="IKeyStore"/>.</summary>
    public string? Key { get; init; }

    /// <summary>Jobs that must end first, at most 1 000, each once: jobs on record, tombstones, or earlier ones of the same group.
    /// <see cref="JobFlags.Linked"/> is set with it. One that was deduplicated earlier in the group stands for the job that suppressed it. The rule is
    /// <see cref="DependencyRules"/>.</summary>
    public IReadOnlyList<JobRef> DependsOn { get; init; } = [];

    /// <summary>What becomes of the job when one of those does not complete.</summary>
    public OnDependencyFailure OnDependencyFailure { get; init; }

    /// <summary>The flags that the core knows at the add: custom id, result wanted, deduplication, time-to-live, key.</summary>
    public JobFlags Flags { get; init; }
}

/// <summary>One caller's call: a job, a bulk, a flow. All or nothing.</summary>
/// <param name="Jobs">The jobs, in the caller's order.</param>
public sealed record AddGroup(IReadOnlyList<NewJob> Jobs)
{
    /// <summary>
    /// The flow that the jobs belong to; null: none. <see cref="JobFlags.Linked"/> is set on each of them. A new flow whose id is taken by one with another
    /// stamp writes nothing, and each job is answered <see cref="AddOutcome.Duplicate"/>; by one with its own stamp, Created. In a flow no job may have an
    /// id that is taken (but by a record with its own stamp), nor deduplication.
    /// </summary>
    public NewFlow? Flow { get; init; }
}

/// <summary>Groups of jobs to add in one round trip.</summary>
/// <param name="Step">The step's name.</param>
/// <param name="Groups">The groups; at most 10 000 jobs in all.</param>
public sealed record AddStep(StepId Step, IReadOnlyList<AddGroup> Groups);

/// <summary>What became of each group, in order.</summary>
/// <param name="Groups">One entry per group.</param>
public sealed record AddReply(IReadOnlyList<GroupReply> Groups);

/// <summary>What became of one group.</summary>
/// <param name="Refusal">Null when the group was accepted.</param>
/// <param name="Jobs">One entry per job when accepted, empty when refused.</param>
public sealed record GroupReply(AddRefusal? Refusal, IReadOnlyList<AddedJob> Jobs);

/// <summary>What became of one job of an accepted group.</summary>
/// <param name="Outcome">What happened.</param>
/// <param name="Id">The job that stands for this add: its own id, or that of the job that suppressed it.</param>
public readonly record struct AddedJob(AddOutcome Outcome, string Id);

/// <summary>Why a group was refused whole.</summary>
/// <param name="Reason">The kind of refusal.</param>
/// <param name="Job">The job of the group that it is about.</param>
/// <param name="Detail">What the message should name: the queue that is closed, the dependency that is unknown.</param>
public sealed record AddRefusal(AddRefusalReason Reason, JobRef Job, string Detail);

/// <summary>The kinds of refusal of a group.</summary>
public enum AddRefusalReason
{
    /// <summary>A job it depends on does not exist.</summary>
    UnknownDependency = 0,

    /// <summary>The queue is being obliterated.</summary>
    QueueClosed = 1,

    /// <summary>The flow to extend does not exist.</summary>
    UnknownFlow = 2,

    /// <summary>A job of a flow has an id that is taken.</summary>
    IdTaken = 3,
}
