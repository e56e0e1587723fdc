using AsyncMQ.Storage;

namespace AsyncMQ.InMemory;

/// <summary>One job as this store keeps it. What plain jobs do not need lives in <see cref="Extras"/>. Times are UTC ticks.</summary>
internal sealed class JobEntry
{
    public required StoredQueue Queue { get; init; }

    public required string Id { get; init; }

    public required string Name { get; init; }

    public required ReadOnlyMemory<byte> Payload { get; init; }

    public required ReadOnlyMemory<byte> Envelope { get; init; }

    /// <summary>The store's number for this record, in order of adding; never reused, so it tells a job from a later one with the same id.</summary>
    public required long Handle { get; init; }

    public required long Stamp { get; init; }

    public required long AddedAt { get; init; }

    public required int Priority { get; init; }

    public JobFlags Flags { get; set; }

    public JobState State { get; set; }

    /// <summary>Waiting, or waiting-children: since when. Delayed: due when. Active: claimed when. Ended: ended when.</summary>
    public long At { get; set; }

    /// <summary>The place among waiting jobs of one priority; kept while the job runs, so that it can be given back.</summary>
    public long Sequence { get; set; }

    /// <summary>Breaks ties between claims, and between ends, of one instant.</summary>
    public long Place { get; set; }

    public long StartedAt { get; set; }

    public int Attempt { get; set; }

    public int Stalls { get; set; }

    public bool IsParked { get; set; }

    public bool CancelRequested { get; set; }

    /// <summary>True when a page may have ended here: see <see cref="JobList.Behind"/>.</summary>
    public bool IsPageEnd { get; set; }

    /// <summary>The session that holds the job while it is active; afterwards, the last one that did.</summary>
    public StoredSession? Session { get; set; }

    public int ClaimLane { get; set; }

    public long ClaimSequence { get; set; }

    public JobExtras? Extras { get; private set; }

    // Links of the list of the job's state in its queue, and of its session's claims. They belong to JobList and ClaimList.
    public JobList? List { get; set; }

    public JobEntry? Next { get; set; }

    public JobEntry? Previous { get; set; }

    public JobEntry? NextClaim { get; set; }

    public JobEntry? PreviousClaim { get; set; }

    /// <summary>What it has when it has a key. Not among the extras: one object less to make and to reach.</summary>
    public KeySpot? Spot { get; set; }

    public JobRef Ref => new(Queue.Name, Id);

    public ClaimToken Token => new(Session!.Id, ClaimLane, ClaimSequence);

    public bool HasTimeToLive => (Flags & JobFlags.TimeToLive) != 0;

    /// <summary>True when it depends on others, others on it, or it belongs to a flow.</summary>
    public bool IsTied => (Flags & (JobFlags.Linked | JobFlags.Dependents)) != 0;

    /// <summary>The place in the order of its state; ascending in that order, so ends, which are shown latest first, count backwards.</summary>
    public PageKey Key => State switch
    {
        JobState.Waiting => new(Priority, Sequence),
        JobState.Delayed => new(At, Handle),
        JobState.WaitingChildren => new(0, Handle),
        JobState.Active => new(At, Place),
        _ => new(-At, -Place),
    };

    public JobExtras NeedExtras() => Extras ??= new();

    public bool IsHeldUnder(in ClaimToken token) =>
        State == JobState.Active && ClaimSequence == token.Sequence && ClaimLane == token.Lane && Session!.Id == token.Session;

    public bool IsExpired(long now) => HasTimeToLive && Extras!.ExpiresAt <= now;

    public bool ComesBefore(JobEntry other) => Priority != other.Priority ? Priority < other.Priority : Sequence < other.Sequence;
}
