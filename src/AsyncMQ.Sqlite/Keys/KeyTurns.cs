using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Records;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Keys;

/// <summary>
/// The keys of all queues: who may be claimed from, in what turn, and when to look again. The rules are those of <see cref="IKeyStore"/>. Nothing is
/// scanned: a key that is not open stands in no index of turns, and comes back by a settlement, by its time, or by a command.
/// </summary>
internal sealed class KeyTurns(Ledger ledger, Records.Queues queues)
{
    private readonly KeyRows rows = new(ledger);

    public PlainTurns Plain { get; } = new(ledger);

    /// <summary>Writes what changed.</summary>
    public void Flush() => rows.Flush();

    /// <summary>Between transactions.</summary>
    public void Trim() => rows.Trim();

    /// <summary>After a rollback.</summary>
    public void Forget()
    {
        rows.Forget();
        Plain.Forget();
    }

    /// <summary>Whether a job is the head of its key.</summary>
    public bool IsHead(JobRow job) => job.Key is { } key && Find(job.Queue, key)?.Head == job.Handle;

    /// <summary>A job with a key waits, where its row tells.</summary>
    public void Enter(QueueEntry queue, string name, Seat seat, long handle)
    {
        KeyEntry key = Named(queue, name);
        key.Waiting++;
        LaneEntry lane = key.LaneOn(seat);
        lane.Count++;
        if (key.Head == handle)
            key.HeadSeat = seat;
        rows.Touch(key, lane);
        Review(queue, key);
    }

    /// <summary>A job leaves the place where its key knows it. Where it goes to follows: <see cref="Enter"/>, or <see cref="Settle"/>.</summary>
    public void Leave(JobRow job)
    {
        if (job.Seat is SeatKind.None or SeatKind.Head)
            return;

        KeyEntry key = Named(job.Queue, job.Key!);
        if (job.Seat == SeatKind.Waiting)
        {
            LeaveLane(key, Seat.Of(job, job.IsParked), job.Handle);
        }
        else
        {
            key.Active--;
            rows.Touch(key);
        }
    }

    /// <summary>A waiting job was claimed.</summary>
    public void Claim(QueueEntry queue, string name, Seat seat, long handle)
    {
        KeyEntry key = Named(queue, name);
        LeaveLane(key, seat, handle);
        KeyLimits? limits = LimitsOf(queue, key);
        key.Active++;
        if (limits is { StrictOrder: true })
            (key.Head, key.HeadSeat) = (handle, null);
        if (limits?.Rate is { } rate)
            (key.Window ??= new()).Spend(rate, ledger.Now);
        if (Review(queue, key))
            Stand(key, seat.Priority);
    }

    /// <summary>A running job has ended.</summary>
    public void End(QueueEntry queue, string name, long handle)
    {
        KeyEntry key = Named(queue, name);
        key.Active--;
        rows.Touch(key);
        Settle(queue, name, handle, hasEnded: true);
    }

    /// <summary>A job that neither waits nor runs any more has come to where it goes.</summary>
    public void Settle(QueueEntry queue, string name, long handle, bool hasEnded)
    {
        if (Find(queue, name) is not { } key)
            return;
        if (hasEnded && key.Head == handle)
        {
            (key.Head, key.HeadSeat) = (null, null);
            rows.Touch(key);
        }

        Review(queue, key);
    }

    /// <summary>A claim of the job is taken back as if it had not been.</summary>
    public void ReturnPermit(QueueEntry queue, string name)
    {
        if (Find(queue, name) is not { Window: { } window } key)
            return;
        window.Return();
        rows.Touch(key);
    }

    /// <summary>Nothing of the key until then.</summary>
    /// <param name="queue">Its queue.</param>
    /// <param name="name">The key.</param>
    /// <param name="until">Until when.</param>
    /// <param name="mayBeSooner">The latest word stands; else a later time that was said before.</param>
    public void Hold(QueueEntry queue, string name, long until, bool mayBeSooner)
    {
        KeyEntry key = Named(queue, name);
        key.HeldUntil = mayBeSooner ? until : Math.Max(key.HeldUntil, until);
        rows.Touch(key);
        Review(queue, key);
    }

    public void SetLimits(QueueEntry queue, string name, KeyLimits? limits)
    {
        KeyEntry key = Named(queue, name);
        key.Own = limits;
        rows.Touch(key);
        Review(queue, key);
    }

    /// <summary>The queue's limits have changed, or the clock was put back.</summary>
    public void ReviewAll(QueueEntry queue)
    {
        CatchUp(queue);
        rows.Flush();
        List<string> names = [];
        Statement found = ledger.Database.Prepare("keys/behind").Start().Bind(queue.Id).Bind([]);
        while (found.Step())
            names.Add(found.Text(1));
        foreach (string name in names)
        {
            KeyEntry key = Named(queue, name);
            Review(queue, key);

            // A window changes with its limit, and with the clock.
            if (key.Window is not null)
                rows.Touch(key);
        }
    }

    /// <summary>Lets those in whose time has come.</summary>
    public void OpenDue(QueueEntry queue)
    {
        CatchUp(queue);
        if (queue.Keyed == 0)
            return;

        rows.Flush();
        List<KeyEntry> due = [];
        Statement found = ledger.Database.Prepare("keys/to-open").Start().Bind(queue.Id).Bind(ledger.Now);
        while (found.Step())
            due.Add(Named(queue, found.Text(0)));
        if (due.Count > 1)
            due.Sort(static (a, b) => a.LookAt != b.LookAt ? a.LookAt.CompareTo(b.LookAt) : string.CompareOrdinal(a.Name, b.Name));
        foreach (KeyEntry key in due)
            Review(queue, key);
    }

    /// <summary>When the next key opens by itself; the end of all time: none will.</summary>
    public long NextOpening(QueueEntry queue)
    {
        if (queue.Keyed == 0)
            return long.MaxValue;
        rows.Flush();
        return ledger.Database.Prepare("keys/next-opening").Start().Bind(queue.Id).RunForNumber() ?? long.MaxValue;
    }

    /// <summary>Forgets keys of which there is nothing to remember any more, at most so many. Returns how many it looked at.</summary>
    public int ForgetDue(int most)
    {
        rows.Flush();
        List<(long Queue, string Key)> due = [];
        Statement found = ledger.Database.Prepare("keys/to-forget").Start().Bind(ledger.Now).Bind(most);
        while (found.Step())
            due.Add((found.Long(0), found.Text(1)));
        foreach ((long id, string name) in due)
        {
            if (queues.Find(id) is { } queue && Find(queue, name) is { } key)
                Review(queue, key);
        }

        return due.Count;
    }

    /// <summary>Deletes keys of a queue without jobs, at most so many. Returns how many.</summary>
    public int DeleteOf(QueueEntry queue, int most)
    {
        CatchUp(queue);
        rows.Flush();
        int gone = ledger.Database.Prepare("keys/delete-of-queue").Start().Bind(queue.Id).Bind(most).Run();
        rows.Forget();
        return gone;
    }

    /// <summary>After the clock was put back: what was open may be open only later.</summary>
    public void LookAtTimesAnew()
    {
        rows.Flush();
        Statement next = ledger.Database.Prepare("keys/next-queue");
        for (long after = 0; next.Start().Bind(after).RunForNumber() is { } id; after = id)
        {
            if (queues.Find(id) is { } queue)
                ReviewAll(queue);
        }
    }

    /// <summary>Tells the keys what a process of an earlier minor, which knows no keys, has done to their jobs.</summary>
    public void CatchUp(QueueEntry queue)
    {
        if (!queue.HasLeft)
            return;

        queue.HasLeft = false;
        List<Left> left = [];
        Statement found = ledger.Database.Prepare("keys/left").Start().Bind(queue.Id);
        while (found.Step())
            left.Add(new(found.Text(0), found.Long(1), (SeatKind)found.Int(2), found.Int(3), found.Long(4), found.Int(5)));
        ledger.Database.Prepare("keys/delete-left").Start().Bind(queue.Id).Run();
        foreach (Left job in left)
            Tell(queue, job);
    }

    private void Tell(QueueEntry queue, in Left job)
    {
        KeyEntry key = rows.Named(queue.Id, job.Key);
        if (job.Seat == SeatKind.Waiting)
        {
            queues.CountKeyed(queue, job.Parked, -1);
            LeaveLane(key, new(job.Parked == 3 ? job.Name : 0, job.Priority), job.Handle);
        }
        else if (job.Seat == SeatKind.Active)
        {
            key.Active--;
        }

        // Wherever it is now, the others wait for it no longer: that process does not tell of its end.
        if (key.Head == job.Handle)
            (key.Head, key.HeadSeat) = (null, null);
        rows.Touch(key);
        Review(queue, key);
    }

    private KeyEntry? Find(QueueEntry queue, string name)
    {
        CatchUp(queue);
        return rows.Find(queue.Id, name);
    }

    private KeyEntry Named(QueueEntry queue, string name)
    {
        CatchUp(queue);
        return rows.Named(queue.Id, name);
    }

    private static KeyLimits? LimitsOf(QueueEntry queue, KeyEntry key) => key.Own ?? queue.Limits?.PerKey;

    private void LeaveLane(KeyEntry key, Seat seat, long handle)
    {
        LaneEntry lane = key.LaneOn(seat);
        key.Waiting--;
        lane.Count--;
        if (lane.Count <= 0)
            lane.Turn = null;
        if (key.Head == handle)
            key.HeadSeat = null;
        rows.Touch(key, lane);
    }

    /// <summary>After a change of a key: whether it is open, and so where it stands, and when to look again. True when it is open.</summary>
    private bool Review(QueueEntry queue, KeyEntry key)
    {
        KeyLimits? limits = LimitsOf(queue, key);
        if (limits?.Rate is not null)
            key.Window ??= new();
        else if (key.Window is not null)
            Drop(key);
        if (limits is not { StrictOrder: true } && key.Head is not null)
        {
            (key.Head, key.HeadSeat) = (null, null);
            rows.Touch(key);
        }

        long opensAt = key.OpensAt(limits, ledger.Now);
        bool isOpen = opensAt <= ledger.Now;
        if (key.Waiting > 0)
            Place(queue, key, isOpen);
        Remember(key, key.Waiting > 0 ? opensAt : key.ForgottenAt(limits, ledger.Now));
        return isOpen;
    }

    private void Drop(KeyEntry key)
    {
        key.Window = null;
        rows.Touch(key);
    }

    private void Place(QueueEntry queue, KeyEntry key, bool isOpen)
    {
        for (int i = 0; i < key.Lanes.Count; i++)
        {
            LaneEntry lane = key.Lanes[i];
            if (!isOpen || !key.LetsStand(lane))
                StepOut(key, lane);
            else if (lane.Turn is null)
                Join(queue, key, lane);
        }
    }

    private void StepOut(KeyEntry key, LaneEntry lane)
    {
        if (lane.Turn is null)
            return;
        lane.Turn = null;
        rows.Touch(key, lane);
    }

    // Where jobs of the same priority stand already, on another bench, the key has its place.
    private void Join(QueueEntry queue, KeyEntry key, LaneEntry lane)
    {
        queues.Announce(queue);
        for (int i = 0; i < key.Lanes.Count; i++)
        {
            if (key.Lanes[i] is { Turn: { } turn } standing && standing.Seat.Priority == lane.Seat.Priority)
            {
                lane.Turn = turn;
                rows.Touch(key, lane);
                return;
            }
        }

        Stand(key, lane.Seat.Priority);
    }

    /// <summary>A key takes its place for a priority, behind all others.</summary>
    private void Stand(KeyEntry key, int priority)
    {
        long turn = ledger.NextNumber();
        for (int i = 0; i < key.Lanes.Count; i++)
        {
            LaneEntry lane = key.Lanes[i];
            if (lane.Seat.Priority != priority || !key.LetsStand(lane))
                continue;
            lane.Turn = turn;
            rows.Touch(key, lane);
        }
    }

    private void Remember(KeyEntry key, long lookAt)
    {
        bool isToOpen = key.Waiting > 0;
        if (lookAt <= ledger.Now)
        {
            // Open, or nothing left to remember.
            lookAt = long.MaxValue;
            if (!isToOpen)
            {
                key.Clear();
                rows.Touch(key);
                return;
            }
        }

        if (key.LookAt == lookAt && key.IsToOpen == isToOpen)
            return;
        (key.LookAt, key.IsToOpen) = (lookAt, isToOpen);
        rows.Touch(key);
    }

    /// <summary>A row of <c>key_left</c>.</summary>
    private readonly record struct Left(string Key, long Handle, SeatKind Seat, int Parked, long Name, int Priority);
}
