using AsyncMQ.Storage;

namespace AsyncMQ.InMemory;

/// <summary>One queue: its jobs by id and by state, and its own record.</summary>
internal sealed partial class StoredQueue(string name)
{
    private readonly JobList[] ended = [new(), new(), new(), new()];

    public string Name { get; } = name;

    public Dictionary<string, JobEntry> Jobs { get; } = new(StringComparer.Ordinal);

    /// <summary>Waiting jobs that are not parked.</summary>
    public Bench Waiting { get; } = new();

    /// <summary>Waiting jobs whose name some worker did not know, by name. No empty benches.</summary>
    public Dictionary<string, Bench> Parked { get; } = new(StringComparer.Ordinal);

    public int ParkedCount { get; private set; }

    public int ParkedPrioritized => Parked.Count == 0 ? 0 : Parked.Values.Sum(static bench => bench.Prioritized);

    public TimedJobs Delayed { get; } = new(static entry => entry.At);

    /// <summary>Jobs that others hold back, by add order alone.</summary>
    public TimedJobs WaitingChildren { get; } = new(static _ => 0);

    public JobList Active { get; } = new();

    /// <summary>Waiting and delayed jobs with a time-to-live, by its end.</summary>
    public TimedJobs Expiring { get; } = new(static entry => entry.Extras!.ExpiresAt);

    public Dictionary<string, DeduplicationHold> Deduplication { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, Tombstone> Tombstones { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, StoredSchedule> Schedules { get; } = new(StringComparer.Ordinal);

    /// <summary>What ended lately.</summary>
    public EndTally Ends { get; } = new();

    public RetentionPolicy? Retention { get; set; }

    public bool IsClosed { get; set; }

    /// <summary>The pause as it was asked for, which may have ended: see <see cref="IsPaused"/>.</summary>
    public Pausing? Pausing { get; set; }

    /// <summary>The time under which the index of ready queues has it; the end of all time: not at all.</summary>
    public long ReadyAt { get; set; } = long.MaxValue;

    /// <summary>Breaks ties of <see cref="ReadyAt"/>.</summary>
    public long ReadyOrder { get; set; }

    /// <summary>The last Exchange, by the store's count, that asked for it.</summary>
    public long AskedAt { get; set; }

    /// <summary>True when the step under way changed its jobs or its record.</summary>
    public bool IsTouched { get; set; }

    /// <summary>True when something waits or runs.</summary>
    public bool IsBusy => Waiting.Count + ParkedCount + Active.Count > 0;

    /// <summary>Whether it was so before the step under way.</summary>
    public bool WasBusy { get; set; }

    /// <summary>Whether somebody wants to hear, in the step under way, that limits hold its jobs back.</summary>
    public bool TellsLimits { get; set; }

    /// <summary>The keys whose limits have begun to hold jobs back in the step under way, and when their next permits come.</summary>
    public List<(string Key, long? NextPermit)> Reached { get; } = [];

    /// <summary>True when it was told that its limits hold jobs back, and they do so still.</summary>
    public bool IsLimitTold { get; set; }

    /// <summary>True when the step under way may have given sleepers something to do.</summary>
    public bool HasNews { get; set; }

    /// <summary>What its workers measured; null: nothing yet.</summary>
    public StoredMetrics? Metrics { get; set; }

    public bool IsPaused(long now) => Pausing is { } pausing && pausing.Until > now;

    public JobList Ended(JobState state) => ended[state - JobState.Completed];

    public long CountOf(JobState state) => state switch
    {
        JobState.Waiting => Waiting.Count + ParkedCount,
        JobState.Active => Active.Count,
        JobState.Delayed => Delayed.Count,
        JobState.WaitingChildren => WaitingChildren.Count,
        _ => Ended(state).Count,
    };

    /// <summary>When there may be work next, for any session; the end of all time: nothing is known to come.</summary>
    public long NextWorkAt(bool hasWaiting, long now)
    {
        // Where all that may run runs, whoever ends frees the way, and tells.
        long next = hasWaiting ? now : Math.Min(Delayed.Earliest, keys?.NextOpening ?? long.MaxValue);
        next = Math.Max(Math.Max(next, HeldUntil), LimitRules.OpensAt(Limits, window, Active.Count, now));
        if (IsClosed || next == long.MaxValue)
            return long.MaxValue;
        return IsPaused(now) ? Math.Max(next, Pausing!.Until) : next;
    }

    /// <summary>Puts a job behind all waiting ones of its priority.</summary>
    public void EnterWaiting(JobEntry entry, long now, long sequence)
    {
        (entry.State, entry.At, entry.Sequence) = (JobState.Waiting, now, sequence);
        Sit(entry, Waiting, isNew: true, now);
        IndexTimeToLive(entry);
    }

    /// <summary>Puts a job back among the waiting ones at its old place.</summary>
    public void ReenterWaiting(JobEntry entry, long now)
    {
        (entry.State, entry.At) = (JobState.Waiting, now);
        Sit(entry, Waiting, isNew: false, now);
        IndexTimeToLive(entry);
    }

    /// <summary>Puts a job into the lane of its name, still waiting, at its old place.</summary>
    public void Park(JobEntry entry, long now)
    {
        (entry.State, entry.At, entry.IsParked) = (JobState.Waiting, now, true);
        if (!Parked.TryGetValue(entry.Name, out Bench? bench))
            Parked.Add(entry.Name, bench = new());
        ParkedCount++;
        Sit(entry, bench, isNew: false, now);
        IndexTimeToLive(entry);
    }

    public void EnterDelayed(JobEntry entry, long dueAt)
    {
        (entry.State, entry.At) = (JobState.Delayed, dueAt);
        Delayed.Add(entry);
        IndexTimeToLive(entry);
    }

    /// <summary>Its time-to-live begins with its release.</summary>
    public void EnterWaitingChildren(JobEntry entry, long now)
    {
        (entry.State, entry.At) = (JobState.WaitingChildren, now);
        if (entry.HasTimeToLive)
            entry.Extras!.ExpiresAt = long.MaxValue;
        WaitingChildren.Add(entry);
    }

    // Claims and ends are lists in order of time. Should the clock step back, later ones take the time of the last.
    public void EnterActive(JobEntry entry, long now, long place)
    {
        (entry.State, entry.At, entry.Place) = (JobState.Active, Math.Max(now, Active.Tail?.At ?? 0), place);
        Active.AddLast(entry);
    }

    public void EnterEnded(JobEntry entry, JobState state, long now, long place)
    {
        JobList list = Ended(state);
        (entry.State, entry.At, entry.Place) = (state, Math.Max(now, list.Tail?.At ?? 0), place);
        list.AddLast(entry);
        Ends.Count(state, now);
    }

    /// <summary>Takes a job out of its state's index.</summary>
    public void Leave(JobEntry entry)
    {
        switch (entry.State)
        {
            case JobState.Waiting when entry.IsParked:
                Unpark(entry);
                break;
            case JobState.Waiting:
                Rise(entry, Waiting);
                break;
            case JobState.Delayed:
                Delayed.Remove(entry);
                break;
            case JobState.WaitingChildren:
                WaitingChildren.Remove(entry);
                return;
            default:
                entry.List!.Remove(entry);
                return;
        }

        if (entry.HasTimeToLive)
            Expiring.Remove(entry);
    }

    private void Unpark(JobEntry entry)
    {
        Bench bench = Parked[entry.Name];
        Rise(entry, bench);
        if (bench.Count == 0)
            Parked.Remove(entry.Name);
        entry.IsParked = false;
        ParkedCount--;
    }

    private void IndexTimeToLive(JobEntry entry)
    {
        if (entry.HasTimeToLive)
            Expiring.Add(entry);
    }
}

/// <summary>A pause.</summary>
/// <param name="By">Who.</param>
/// <param name="Why">Why.</param>
/// <param name="At">Since when.</param>
/// <param name="Until">Until when; the end of all time: until resumed.</param>
internal sealed record Pausing(string? By, string? Why, long At, long Until);
