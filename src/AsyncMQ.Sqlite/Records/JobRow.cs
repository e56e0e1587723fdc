using AsyncMQ.Sqlite.Keys;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Records;

/// <summary>A job as a transition sees it: everything but the long bytes.</summary>
internal sealed class JobRow
{
    public required long Handle { get; init; }

    public required QueueEntry Queue { get; init; }

    public required string Id { get; init; }

    public required long Name { get; init; }

    public required long Stamp { get; init; }

    public required long Added { get; init; }

    public required int Priority { get; init; }

    public required string? DeduplicationId { get; init; }

    public required long? DeduplicationTtl { get; init; }

    public required long? TimeToLive { get; init; }

    public JobState State { get; set; }

    public long Sequence { get; set; }

    public JobFlags Flags { get; set; }

    public long Since { get; set; }

    public int Attempt { get; set; }

    public int Stalls { get; set; }

    /// <summary>Where it waits, as stored: 0 with all others, 1 parked, 2 with its key, 3 with its key and parked.</summary>
    public int Parked { get; set; }

    public bool IsParked => (Parked & 1) != 0;

    /// <summary>The key it was added with.</summary>
    public string? Key { get; init; }

    /// <summary>What its key knows it as.</summary>
    public SeatKind Seat { get; set; }

    public bool CancelRequested { get; set; }

    public JobExtras Extras { get; set; }

    public long? Due { get; set; }

    public long? Expires { get; set; }

    public long? Started { get; init; }

    public long? Worker { get; init; }

    public long? Session { get; init; }

    public int Lane { get; init; }

    public long Step { get; init; }

    public JobRef Ref => new(Queue.Name, Id);

    public bool Is(JobFlags flag) => (Flags & flag) != 0;

    /// <summary>Whether this claim is the current one.</summary>
    public bool IsClaimedBy(SessionEntry session, ClaimToken token) =>
        State == JobState.Active && Session == session.Key && Lane == token.Lane && Step == token.Sequence;

    /// <summary>Whether a transaction of its handler's has completed it, and it has not ended yet.</summary>
    public bool IsCompleting => (Extras & JobExtras.Completing) != 0;

    /// <summary>Whether an attempt may no longer start.</summary>
    public bool IsPastItsTime(long now) => Expires is { } expires && expires <= now;
}

/// <summary>Which side tables have rows of a job, so that plain jobs are removed with one statement; and whether a transaction of the user's completed it.</summary>
[Flags]
internal enum JobExtras
{
    None = 0,
    Body = 1,
    Attempts = 2,
    Logs = 4,

    /// <summary>It has, and the claim is not settled: the job will end as completed, whatever happens to it.</summary>
    Completing = 8,

    /// <summary>It has, and the job ended so.</summary>
    CompletedWithin = 16,
}

/// <summary>The columns of a job that hold bytes.</summary>
internal enum JobPart
{
    Payload = 0,
    Envelope = 1,
    Result = 2,
    Error = 3,
    Progress = 4,
}
