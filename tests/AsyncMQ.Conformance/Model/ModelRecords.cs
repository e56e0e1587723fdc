namespace AsyncMQ.Conformance.Model;

/// <summary>A job of the model: all its facts, in the open.</summary>
internal sealed class ModelJob(NewJob draft, long number)
{
    public NewJob Draft => draft;

    public JobRef Ref => draft.Ref;

    /// <summary>Order of adding.</summary>
    public long Number => number;

    public JobState State { get; set; }

    public long Sequence { get; set; }

    public JobFlags Flags { get; set; } = draft.Flags;

    public int Attempt { get; set; }

    public int Stalls { get; set; }

    public bool IsParked { get; set; }

    public bool CancelRequested { get; set; }

    public DateTimeOffset AddedAt { get; init; }

    public DateTimeOffset? DueAt { get; set; }

    public DateTimeOffset? ExpiresAt { get; set; }

    public DateTimeOffset ClaimedAt { get; set; }

    public DateTimeOffset EndedAt { get; set; }

    public ClaimToken? Token { get; set; }

    public string Result { get; set; } = "";

    public string Error { get; set; } = "";

    public string Progress { get; set; } = "";

    public int Lines { get; set; }

    /// <summary>Its dependencies, in the order given.</summary>
    public List<ModelEdge> Edges { get; } = [];

    public ModelFlow? Flow { get; init; }

    /// <summary>False when its record was removed.</summary>
    public bool IsOnRecord { get; set; } = true;

    public bool IsHeldBack => Edges.Exists(edge => edge.Status == DependencyStatus.Open);
}

/// <summary>Who holds a deduplication id, until when, and who follows.</summary>
internal sealed class ModelHold
{
    public required string OwnerId { get; set; }

    /// <summary>Null when the owner's record is gone.</summary>
    public ModelJob? Owner { get; set; }

    public DateTimeOffset? WindowEnds { get; set; }

    public NewJob? Kept { get; set; }

    public DeduplicationRecord Record => new(OwnerId, Owner?.State, WindowEnds);

    /// <summary>Held against some add or other: within its window, or by an owner that has not ended (who, when active, suppresses those that keep).</summary>
    public bool IsHeld(DateTimeOffset now) => Owner?.State.IsFinal() == false || DeduplicationRules.IsHeld(Record, now);
}

internal sealed class ModelQueue
{
    public Dictionary<string, ModelJob> Jobs { get; } = [];

    public Dictionary<string, ModelHold> Holds { get; } = [];

    public Dictionary<string, ModelTombstone> Tombstones { get; } = [];

    public SortedDictionary<string, ModelSchedule> Schedules { get; } = new(StringComparer.Ordinal);

    public bool IsClosed { get; set; }

    /// <summary>Paused until then.</summary>
    public DateTimeOffset? PausedUntil { get; set; }

    public RetentionPolicy? Retention { get; set; }

    public QueueLimits? Limits { get; set; }

    public DateTimeOffset? HeldUntil { get; set; }

    /// <summary>When permits were spent, as far as its rate was limited.</summary>
    public List<DateTimeOffset> Spent { get; } = [];

    public Dictionary<string, ModelKey> Keys { get; } = [];

    /// <summary>Who stands, and since when: by key, null for jobs without one, and priority.</summary>
    public Dictionary<(string? Key, int Priority), long> Turns { get; } = [];
}

/// <summary>What is left of a job whose id stays taken.</summary>
internal sealed record ModelTombstone(long Stamp, JobState State, DateTimeOffset Until);

internal sealed class ModelSession(SessionInfo info)
{
    public SessionInfo Info => info;

    public DateTimeOffset LeaseUntil { get; set; }

    public bool IsQuiet { get; set; } = info.IsQuiet;
}
