using AsyncMQ.Storage;

namespace AsyncMQ.InMemory;

/// <summary>One queue: its jobs by id and by state, and its own record.</summary>
internal sealed class StoredQueue(string name)
{
    private readonly JobList[] ended = [new(), new(), new(), new()];

    public string Name { get; } = name;

    public Dictionary<string, JobEntry> Jobs { get; } = new(StringComparer.Ordinal);

    public WaitingJobs Waiting { get; } = new();

    /// <summary>Waiting jobs whose name some worker did not know, by name. No empty lanes.</summary>
    public Dictionary<string, WaitingJobs> Parked { get; } = new(StringComparer.Ordinal);

    public int ParkedCount { get; private set; }

    public int ParkedPrioritized => Parked.Count == 0 ? 0 : Parked.Values.Sum(static lane => lane.Prioritized);

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

    /// <summary>True when the step under way may have given sleepers something to do.</summary>
    public bool HasNews { get; set; }

    public bool IsPaused(long now) => Pausing is { } pausing && pausing.Until > now;

    public bool GivesWork(long now) => !IsClosed && !IsPaused(now);

    public JobList Ended(JobState state) => ended[state - JobState.Completed];

    public long CountOf(JobState state) => state switch
    {
        JobState.Waiting => Waiting.Count + ParkedCount,
        JobState.Active => Active.Count,
        JobState.Delayed => Delayed.Count,
        JobState.WaitingChildren => WaitingChildren.Count,
        _ => Ended(state).Count,
    };

    /// <summary>The next job for a session: of the waiting ones, and of those parked under a name that it knows.</summary>
    public JobEntry? NextFor(StoredSession session)
    {
        JobEntry? next = Waiting.Head;
        if (ParkedCount == 0)
            return next;

        // Through the names that are parked, or through those that the session knows, whichever are fewer: anybody can park as many as he likes.
        if (Parked.Count > session.Names.Count)
        {
            foreach (string name in session.Names)
                Consider(Parked.GetValueOrDefault(name)?.Head);
        }
        else
        {
            foreach ((string name, WaitingJobs lane) in Parked)
                Consider(session.Names.Contains(name) ? lane.Head : null);
        }

        return next;

        void Consider(JobEntry? head)
        {
            if (head is not null && (next is null || head.ComesBefore(next)))
                next = head;
        }
    }

    /// <summary>When there may be work next, for any session; the end of all time: nothing is known to come.</summary>
    public long NextWorkAt(bool hasWaiting, long now)
    {
        if (IsClosed)
            return long.MaxValue;
        long next = hasWaiting ? now : Delayed.Earliest;
        return IsPaused(now) ? Math.Max(next, Pausing!.Until) : next;
    }

    /// <summary>Puts a job behind all waiting ones of its priority.</summary>
    public void EnterWaiting(JobEntry entry, long now, long sequence)
    {
        (entry.State, entry.At, entry.Sequence) = (JobState.Waiting, now, sequence);
        Waiting.AddLast(entry);
        IndexTimeToLive(entry);
    }

    /// <summary>Puts a job back among the waiting ones at its old place.</summary>
    public void ReenterWaiting(JobEntry entry, long now)
    {
        (entry.State, entry.At) = (JobState.Waiting, now);
        Waiting.InsertBySequence(entry);
        IndexTimeToLive(entry);
    }

    /// <summary>Puts a job into the lane of its name, still waiting, at its old place.</summary>
    public void Park(JobEntry entry, long now)
    {
        (entry.State, entry.At, entry.IsParked) = (JobState.Waiting, now, true);
        if (!Parked.TryGetValue(entry.Name, out WaitingJobs? lane))
            Parked.Add(entry.Name, lane = new());
        lane.InsertBySequence(entry);
        ParkedCount++;
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
                Waiting.Remove(entry);
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
        WaitingJobs lane = Parked[entry.Name];
        lane.Remove(entry);
        if (lane.Count == 0)
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
