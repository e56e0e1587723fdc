namespace AsyncMQ.Storage;

/// <summary>A random name for one session of one process; never reused.</summary>
/// <param name="Value">128 random bits.</param>
public readonly record struct SessionId(Guid Value)
{
    /// <summary>The id as 32 hexadecimal digits.</summary>
    public override string ToString() => Value.ToString("N");
}

/// <summary>Names one mutating step so that it can be sent again safely.</summary>
/// <param name="Session">The session that sends it.</param>
/// <param name="Lane">Which of the session's lanes; one call in flight on each.</param>
/// <param name="Sequence">Counts up from 1 within the lane. Gaps are allowed.</param>
public readonly record struct StepId(SessionId Session, int Lane, long Sequence);

/// <summary>Names one claim: the Exchange that made it. Compared whole, never reused.</summary>
/// <param name="Session">The session that claimed.</param>
/// <param name="Lane">The lane of the claiming Exchange.</param>
/// <param name="Sequence">The sequence of the claiming Exchange.</param>
public readonly record struct ClaimToken(SessionId Session, int Lane, long Sequence);

/// <summary>What a process says of itself when it opens a session.</summary>
public sealed record SessionInfo
{
    /// <summary>The session's id.</summary>
    public required SessionId Id { get; init; }

    /// <summary>The process in words, for people: machine and process id.</summary>
    public required string Name { get; init; }

    /// <summary>How long the session lives without a renewal. Null: a session that only produces and administers; it has no lease, claims nothing,
    /// is never counted as a worker, and is dropped after an hour unused.</summary>
    public TimeSpan? Lease { get; init; }

    /// <summary>The job names that the process has handlers for; jobs parked under them are merged into its claims.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>The queues that the process works.</summary>
    public IReadOnlyList<string> Queues { get; init; } = [];

    /// <summary>The machine, for people; empty: not said.</summary>
    public string Host { get; init; } = "";

    /// <summary>The operating system's number of the process, for people; zero: not said.</summary>
    public int ProcessId { get; init; }

    /// <summary>The version of the program that the process runs, for people; empty: not said.</summary>
    public string Version { get; init; } = "";

    /// <summary>How many handlers the process runs at once, over all its workers, for people; zero: not said.</summary>
    public int Concurrency { get; init; }

    /// <summary>
    /// True: the session is quiet from its opening on. A process that was made quiet and lost its session says so of the next one, so that it stays quiet.
    /// </summary>
    public bool IsQuiet { get; init; }
}

/// <summary>A session as the store sees it.</summary>
public sealed record SessionRecord
{
    /// <summary>What it said when it opened.</summary>
    public required SessionInfo Info { get; init; }

    /// <summary>When it opened.</summary>
    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>When it last renewed its lease; until then, when it opened.</summary>
    public required DateTimeOffset RenewedAt { get; init; }

    /// <summary>When its lease ends unless renewed.</summary>
    public required DateTimeOffset LeaseUntil { get; init; }

    /// <summary>How many claims it holds.</summary>
    public required int Claims { get; init; }

    /// <summary>True while it claims nothing: see <see cref="IJobStore.AdministerSessionAsync"/>.</summary>
    public bool IsQuiet { get; init; }
}

/// <summary>Makes a worker's session quiet, or lets it claim again. Repeatable; the latest word stands.</summary>
/// <param name="Step">The step's name.</param>
/// <param name="Target">The session; seldom the one that sends the step.</param>
/// <param name="Quiet">True: it claims nothing from now on.</param>
public sealed record AdministerSessionStep(StepId Step, SessionId Target, bool Quiet);

/// <summary>A renewal.</summary>
/// <param name="Session">The session to renew.</param>
/// <param name="ClaimsHeld">How many claims the process thinks it holds; kept for people.</param>
public readonly record struct RenewStep(SessionId Session, int ClaimsHeld);

/// <summary>The answer to a renewal.</summary>
/// <param name="Alive">False: the session is dead or unknown; all its claims are lost.</param>
/// <param name="Claims">How many claims the store thinks the session holds. Differs from the process's own with no Exchange under way: compare them.</param>
/// <param name="Cancellations">Running jobs that were asked to stop; repeated until they are settled.</param>
/// <param name="IsQuiet">True while the session claims nothing: the process need not ask, and hands back what it has not started.</param>
public sealed record RenewReply(bool Alive, int Claims, IReadOnlyList<SessionClaim> Cancellations, bool IsQuiet = false);

/// <summary>One claim of a session.</summary>
/// <param name="Job">The claimed job.</param>
/// <param name="Handle">The store's own number for the job's record.</param>
/// <param name="Token">The claim.</param>
public readonly record struct SessionClaim(JobRef Job, long Handle, ClaimToken Token);
