using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Records;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Keys;

/// <summary>
/// The keys of all queues: who may be claimed from, in what turn, and when to look again. The rules are those of <see cref="IKeyStore"/>. Nothing is
/// scanned: a key that is not open stands in no index of turns, and comes back by a settlement, by its time, or by a command.
/// </summary>
internal sealed partial class KeyTurns(Ledger ledger, Records.Queues queues)
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

    /// <summary>Whether a waiting job may be claimed ahead of its start, as far as limits go.</summary>
    public bool AllowAhead(QueueEntry queue, string? name) => name is null || Find(queue, name) is not { } key
        ? LimitRules.AllowAhead(queue.Limits, null, 0)
        : LimitRules.AllowAhead(queue.Limits, LimitsOf(queue, key), key.Active);

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
        NoteLimit(queue, key);
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
        NoteLimit(queue, key);
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

    /// <summary>For those who listen: told once that a key's limits hold jobs back, until they do not.</summary>
    private void NoteLimit(QueueEntry queue, KeyEntry key)
    {
        if (ledger.EventsUntil <= ledger.Now)
            return;
        bool isReached = key.Waiting > 0 && LimitRules.HoldBack(LimitsOf(queue, key), key.Window, key.Active, ledger.Now);
        if (isReached && !key.IsLimitTold)
            queue.Reached.Add(key);
        else
            key.IsLimitTold = isReached;
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
}
