using AsyncMQ.Storage;

namespace AsyncMQ.InMemory;

/// <summary>
/// The keys of a queue: who may be claimed from, in what turn, and when to look again. The rules are those of <see cref="IKeyStore"/>. Nothing is scanned:
/// a key that is not open stands in no ring, and comes back by a settlement, by its time, or by a command.
/// </summary>
internal sealed class StoredKeys(StoredQueue queue)
{
    private static readonly Comparer<StoredKey> ByTime = Comparer<StoredKey>.Create(
        static (a, b) => a.LookAt != b.LookAt ? a.LookAt.CompareTo(b.LookAt) : string.CompareOrdinal(a.Name, b.Name));

    private readonly Dictionary<string, StoredKey> all = new(StringComparer.Ordinal);
    private readonly SortedSet<StoredKey> toOpen = new(ByTime);
    private readonly SortedSet<StoredKey> toForget = new(ByTime);

    public IReadOnlyCollection<StoredKey> All => all.Values;

    /// <summary>When the next key opens by itself; the end of all time: none will.</summary>
    public long NextOpening => toOpen.Count == 0 ? long.MaxValue : toOpen.Min!.LookAt;

    public StoredKey? Find(string name) => all.GetValueOrDefault(name);

    public StoredKey Named(string name)
    {
        if (!all.TryGetValue(name, out StoredKey? key))
            all.Add(name, key = new(name));
        return key;
    }

    public KeyLimits? LimitsOf(StoredKey key) => key.Own ?? queue.Limits?.PerKey;

    /// <summary>A job waits on a bench.</summary>
    public void Enter(KeySpot spot, Bench bench, long now)
    {
        StoredKey key = KeyOf(spot);
        key.Waiting++;
        key.LaneOn(bench, spot.Entry.Priority).Insert(spot);
        Review(key, now);
        if (queue.TellsLimits)
            NoteLimit(key, now);
    }

    /// <summary>A job waits no more. Where it goes to follows: it runs, or <see cref="Settle"/>.</summary>
    public static void Leave(KeySpot spot)
    {
        KeyLane lane = spot.Lane!;
        StoredKey key = lane.Key;
        key.Waiting--;
        lane.Remove(spot);
        if (lane.Count == 0)
        {
            lane.Bench.StepOut(lane);
            key.Lanes.Remove(lane);
        }
    }

    /// <summary>A job that waits no more was claimed.</summary>
    public void Claim(KeySpot spot, long now)
    {
        StoredKey key = KeyOf(spot);
        KeyLimits? limits = LimitsOf(key);
        key.Active++;
        if (limits is { StrictOrder: true })
            key.Head = spot.Entry;
        if (limits?.Rate is { } rate)
            WindowOf(key).Spend(rate, now);
        if (Review(key, now))
            Stand(key, spot.Entry.Priority);
        if (queue.TellsLimits)
            NoteLimit(key, now);
    }

    /// <summary>A job runs no more. Where it goes to follows: it waits again, or <see cref="Settle"/>.</summary>
    public void Free(KeySpot spot) => KeyOf(spot).Active--;

    /// <summary>A job that neither waits nor runs any more has come to where it goes.</summary>
    /// <param name="spot">The job.</param>
    /// <param name="hasEnded">True when it is in a final state, or removed.</param>
    /// <param name="now">The store's time.</param>
    public void Settle(KeySpot spot, bool hasEnded, long now)
    {
        StoredKey key = KeyOf(spot);
        if (hasEnded && key.Head == spot.Entry)
            key.Head = null;
        Review(key, now);
    }

    /// <summary>A claim of the job is taken back as if it had not been.</summary>
    public void ReturnPermit(KeySpot spot) => KeyOf(spot).Window?.Return();

    /// <summary>Nothing of the key until then, or a later time that was said before.</summary>
    public void HoldBack(string name, long until, long now)
    {
        StoredKey key = Named(name);
        key.HeldUntil = Math.Max(key.HeldUntil, until);
        Review(key, now);
    }

    /// <summary>Nothing of the key until then; the latest word stands.</summary>
    public void Hold(string name, long until, long now)
    {
        StoredKey key = Named(name);
        key.HeldUntil = until;
        Review(key, now);
    }

    public void SetLimits(string name, KeyLimits? limits, long now)
    {
        StoredKey key = Named(name);
        key.Own = limits;
        Review(key, now);
    }

    /// <summary>The queue's limits have changed.</summary>
    public void ReviewAll(long now)
    {
        foreach (StoredKey key in all.Values.OrderBy(static key => key.Name, StringComparer.Ordinal).ToArray())
            Review(key, now);
    }

    /// <summary>Lets those in whose time has come.</summary>
    public void OpenDue(long now)
    {
        while (NextOpening <= now)
            Review(toOpen.Min!, now);
    }

    /// <summary>Forgets those of which there is nothing to remember any more.</summary>
    public void ForgetDue(long now, ref int budget)
    {
        for (; budget > 0 && toForget.Min is { } key && key.LookAt <= now; budget--)
            Review(key, now);
    }

    /// <summary>For those who listen: told once that a key's limits hold jobs back, until they do not.</summary>
    private void NoteLimit(StoredKey key, long now)
    {
        bool isReached = key.Waiting > 0 && LimitRules.HoldBack(LimitsOf(key), key.Window, key.Active, now);
        if (isReached && !key.IsLimitTold)
            queue.Reached.Add((key.Name, LimitRules.NextPermit(LimitsOf(key)?.Rate, key.Window, now)));
        key.IsLimitTold = isReached;
    }

    /// <summary>After a change of a key: whether it is open, and so where it stands, and when to look again. True when it is open.</summary>
    private bool Review(StoredKey key, long now)
    {
        KeyLimits? limits = LimitsOf(key);
        if (limits?.Rate is null)
            key.Window = null;
        else
            WindowOf(key);
        if (limits is not { StrictOrder: true })
            key.Head = null;

        long opensAt = key.OpensAt(limits, now);
        bool isOpen = opensAt <= now;
        if (key.Waiting > 0)
            Place(key, isOpen);
        Remember(key, key.Waiting > 0 ? opensAt : key.ForgottenAt(limits, now), now);
        return isOpen;
    }

    private void Place(StoredKey key, bool isOpen)
    {
        // By index: a lane that stands changes no list of lanes, but a key has one of them mostly, and an enumerator costs.
        for (int i = 0; i < key.Lanes.Count; i++)
        {
            KeyLane lane = key.Lanes[i];
            if (!isOpen || !key.LetsStand(lane))
                lane.Bench.StepOut(lane);
            else if (lane.Ring is null)
                Join(key, lane);
        }
    }

    // Where jobs of the same priority stand already, on another bench, the key has its place.
    private void Join(StoredKey key, KeyLane lane)
    {
        for (int i = 0; i < key.Lanes.Count; i++)
        {
            if (key.Lanes[i] is { Ring: not null } standing && standing.Priority == lane.Priority)
            {
                lane.Bench.Stand(lane, standing.Turn);
                queue.HasNews = true;
                return;
            }
        }

        Stand(key, lane.Priority);
    }

    /// <summary>A key takes its place for a priority, behind all others.</summary>
    private void Stand(StoredKey key, int priority)
    {
        long turn = queue.NextTurn();
        for (int i = 0; i < key.Lanes.Count; i++)
        {
            KeyLane lane = key.Lanes[i];
            if (lane.Priority != priority || !key.LetsStand(lane))
                continue;
            lane.Bench.Stand(lane, turn);
            queue.HasNews = true;
        }
    }

    private void Remember(StoredKey key, long lookAt, long now)
    {
        bool isToOpen = key.Waiting > 0;
        if (key.LookAt == lookAt && key.IsToOpen == isToOpen && lookAt > now)
            return;

        if (key.LookAt < long.MaxValue)
            (key.IsToOpen ? toOpen : toForget).Remove(key);
        key.LookAt = long.MaxValue;
        if (lookAt <= now)
        {
            // Open, or nothing left to remember.
            if (!isToOpen)
                Forget(key);
        }
        else if (lookAt < long.MaxValue)
        {
            (key.LookAt, key.IsToOpen) = (lookAt, isToOpen);
            (isToOpen ? toOpen : toForget).Add(key);
        }
    }

    private void Forget(StoredKey key)
    {
        all.Remove(key.Name);
        key.IsForgotten = true;
    }

    private StoredKey KeyOf(KeySpot spot)
    {
        if (spot.Record is not { IsForgotten: false } key)
            spot.Record = key = Named(spot.Key);
        return key;
    }

    private static RateWindow WindowOf(StoredKey key) => key.Window ??= new();
}
