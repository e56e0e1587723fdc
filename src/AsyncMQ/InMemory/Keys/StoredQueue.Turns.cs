using AsyncMQ.Storage;

namespace AsyncMQ.InMemory;

/// <content>What may be claimed next: limits of the queue, turns of keys.</content>
internal sealed partial class StoredQueue
{
    private StoredKeys? keys;
    private RateWindow? window;
    private long lastTurn;
    private int keyedCount;

    /// <summary>When jobs without a key took their place, by priority.</summary>
    private readonly Dictionary<int, long> plainTurns = [];

    public QueueLimits? Limits { get; private set; }

    public long HeldUntil { get; set; }

    /// <summary>Its keys; made with the first.</summary>
    public StoredKeys Keys => keys ??= new(this);

    public bool HasKeys => keys is not null;

    /// <summary>True when some job may be claimed by somebody, as far as keys limit it.</summary>
    public bool HasClaimable => Waiting.GivesWork || (ParkedCount > 0 && Parked.Values.Any(static bench => bench.GivesWork));

    public long NextTurn() => ++lastTurn;

    /// <summary>How many of its jobs may be claimed now.</summary>
    public int Budget(long now) => IsClosed || IsPaused(now) || HeldUntil > now ? 0 : LimitRules.Budget(Limits, window, Active.Count, now);

    public void SetLimits(QueueLimits? limits, long now)
    {
        Limits = limits;
        window = limits?.Rate is null ? null : window ?? new();
        keys?.ReviewAll(now);
    }

    /// <summary>True when a waiting job may be claimed ahead of its start: nothing changes its right to start meanwhile.</summary>
    public bool MayBeClaimedAhead(JobEntry entry)
    {
        if (entry.HasTimeToLive)
            return false;
        return entry.Spot?.Lane!.Key is { } key ? LimitRules.AllowAhead(Limits, Keys.LimitsOf(key), key.Active) : LimitRules.AllowAhead(Limits, null, 0);
    }

    /// <summary>When the next permit comes; the end of all time: one is there, or none is needed.</summary>
    public long NextPermit(long now) => LimitRules.NextPermit(Limits?.Rate, window, now) ?? long.MaxValue;

    /// <summary>Whether nothing but its own limits keeps a waiting job from being claimed.</summary>
    public bool HoldsBack(long now) =>
        !IsClosed && !IsPaused(now) && Waiting.Count + ParkedCount > 0 && LimitRules.Budget(Limits, window, Active.Count, now) == 0;

    /// <summary>A job that waits no more was claimed.</summary>
    public void Claimed(JobEntry entry, long now)
    {
        if (Limits?.Rate is { } rate)
            window!.Spend(rate, now);
        if (entry.Spot is { } spot)
            Keys.Claim(spot, now);
        else if (keyedCount > 0)
            StandPlain(entry.Priority);
    }

    /// <summary>Takes a claim back as if it had not been; the job is still active.</summary>
    public void ReturnPermit(JobEntry entry)
    {
        window?.Return();
        if (entry.Spot is { } spot)
            Keys.ReturnPermit(spot);
    }

    /// <summary>The next job for a session: of the waiting ones, and of those parked under a name that it knows.</summary>
    public JobEntry? NextFor(StoredSession session)
    {
        if (ParkedCount == 0 && keyedCount == 0)
            return Waiting.Plain.Head;

        var best = new Candidate(plainTurns);
        best.Consider(Waiting);
        if (ParkedCount == 0)
            return best.Entry;

        // Through the names that are parked, or through those that the session knows, whichever are fewer: anybody can park as many as he likes.
        if (Parked.Count > session.Names.Count)
        {
            foreach (string name in session.Names)
            {
                if (Parked.TryGetValue(name, out Bench? bench))
                    best.Consider(bench);
            }
        }
        else
        {
            foreach ((string name, Bench bench) in Parked)
            {
                if (session.Names.Contains(name))
                    best.Consider(bench);
            }
        }

        return best.Entry;
    }

    private void Sit(JobEntry entry, Bench bench, bool isNew, long now)
    {
        WaitingJobs jobs = entry.Spot is null ? bench.Plain : bench.Keyed;
        if (isNew)
            jobs.AddLast(entry);
        else
            jobs.InsertBySequence(entry);

        if (entry.Spot is { } spot)
        {
            keyedCount++;
            Keys.Enter(spot, bench, now);
        }
        else if (keyedCount > 0 && entry.List!.Count == 1)
        {
            JoinPlain(entry);
        }
    }

    private void Rise(JobEntry entry, Bench bench)
    {
        if (entry.Spot is null)
        {
            bench.Plain.Remove(entry);
            return;
        }

        bench.Keyed.Remove(entry);
        keyedCount--;
        StoredKeys.Leave(entry.Spot);
    }

    // Where jobs of the same priority wait already, on another bench, they have their place.
    private void JoinPlain(JobEntry entry)
    {
        foreach (Bench bench in Parked.Values.Prepend(Waiting))
        {
            if (bench.Plain.Find(entry.Priority) is { Count: > 0 } list && list != entry.List)
                return;
        }

        StandPlain(entry.Priority);
    }

    // Noted only while keyed jobs wait: without them nobody else takes turns, and whoever comes later stands behind.
    private void StandPlain(int priority) => plainTurns[priority] = NextTurn();

    /// <summary>The best job seen so far: lowest priority, then longest standing, then, within a key, first in sequence.</summary>
    private struct Candidate(Dictionary<int, long> plainTurns)
    {
        private int priority;
        private long turn;

        public JobEntry? Entry { get; private set; }

        public void Consider(Bench bench)
        {
            if (bench.Plain.Head is { } plain)
                Consider(plain, plain.Priority, plainTurns.GetValueOrDefault(plain.Priority));
            if (bench.Turn is { } lane)
                Consider(lane.Key.Head ?? lane.Head!, lane.Priority, lane.Turn);
        }

        private void Consider(JobEntry entry, int itsPriority, long itsTurn)
        {
            if (Entry is not null && (itsPriority, itsTurn, entry.Sequence).CompareTo((priority, turn, Entry.Sequence)) >= 0)
                return;
            (Entry, priority, turn) = (entry, itsPriority, itsTurn);
        }
    }
}
