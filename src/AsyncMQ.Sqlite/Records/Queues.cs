using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Keys;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Records;

/// <summary>The queues that the writer has met, each read again when another connection may have changed it.</summary>
internal sealed class Queues(Ledger ledger)
{
    private readonly Statement byName = ledger.Database.Prepare("queues/by-name");
    private readonly Statement byId = ledger.Database.Prepare("queues/by-id");
    private readonly Statement add = ledger.Database.Prepare("queues/add");
    private readonly Statement setCounts = ledger.Database.Prepare("queues/set-counts");
    private readonly Dictionary<string, QueueEntry> names = new(StringComparer.Ordinal);
    private readonly Dictionary<long, QueueEntry> ids = [];
    private readonly List<QueueEntry> touched = [];
    private readonly ByteWriter bytes = new();

    /// <summary>Those that changed in this transaction.</summary>
    public IReadOnlyList<QueueEntry> Touched => touched;

    /// <summary>A queue, or null when it was never used.</summary>
    public QueueEntry? Find(string name)
    {
        if (names.TryGetValue(name, out QueueEntry? queue) && queue.Generation == ledger.Generation)
            return queue;

        return Read(byName.Start().Bind(name));
    }

    /// <summary>A queue by its number; null when a record is damaged.</summary>
    public QueueEntry? Find(long id)
    {
        if (ids.TryGetValue(id, out QueueEntry? queue) && queue.Generation == ledger.Generation)
            return queue;

        return Read(byId.Start().Bind(id));
    }

    /// <summary>A queue, made now if there is none.</summary>
    public QueueEntry FindOrAdd(string name)
    {
        if (Find(name) is { } queue)
            return queue;

        add.Start().Bind(name).Run();
        return Find(name)!;
    }

    /// <summary>Counts a job in.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="state">Its state.</param>
    /// <param name="priority">Its priority.</param>
    /// <param name="parked">Where it waits: see <see cref="JobRow.Parked"/>.</param>
    public void Enter(QueueEntry queue, JobState state, int priority, int parked = 0)
    {
        Count(queue, state, priority, parked, 1);
        if (state.IsFinal())
            queue.CountEnd(state, ledger.Now);
    }

    /// <summary>Counts a job out.</summary>
    public void Leave(QueueEntry queue, JobState state, int priority, int parked = 0)
    {
        Count(queue, state, priority, parked, -1);
        if (state == JobState.Active && queue.Limits is not null)
            AnnounceFree(queue);
    }

    /// <summary>A running job has completed.</summary>
    public void Complete(QueueEntry queue)
    {
        Touch(queue);
        queue[JobState.Active]--;
        queue[JobState.Completed]++;
        queue.CountEnd(JobState.Completed, ledger.Now);
        if (queue.Limits is not null)
            AnnounceFree(queue);
    }

    /// <summary>Counts a waiting job with a key in or out, beside the others.</summary>
    public void CountKeyed(QueueEntry queue, int parked, int by)
    {
        TouchLimits(queue);
        queue.Keyed += by;
        if (parked == 3)
            queue.KeyedParked += by;
    }

    /// <summary>What belongs to its limits and keys has to be written at the end of the transaction.</summary>
    public void TouchLimits(QueueEntry queue)
    {
        Touch(queue);
        queue.AreLimitsDirty = true;
    }

    /// <summary>Notes the due time of a delayed job.</summary>
    public void Due(QueueEntry queue, long due)
    {
        if (queue.NextDue is { } next && next <= due)
            return;
        Touch(queue);
        queue.NextDue = due;
        ledger.NoteNews();
    }

    /// <summary>There may be work in it, now or at a time nobody could know: wakes sleepers.</summary>
    public void Announce(QueueEntry queue)
    {
        if (queue.IsAnnounced)
            return;
        Touch(queue);
        queue.IsAnnounced = true;
        ledger.Tell(new(StoreSignalKind.Work, queue.Name));
    }

    /// <summary>Its row has to be written at the end of the transaction.</summary>
    public void Touch(QueueEntry queue)
    {
        if (queue.IsDirty)
            return;
        queue.IsDirty = true;
        queue.WasBusy = queue.IsBusy;
        touched.Add(queue);
    }

    /// <summary>Writes what changed, one row per queue.</summary>
    public void Flush()
    {
        foreach (QueueEntry queue in touched)
        {
            if (ids.GetValueOrDefault(queue.Id) == queue)
                Write(queue);
            queue.IsDirty = queue.IsAnnounced = false;
        }

        touched.Clear();
    }

    /// <summary>After the clock was put back: permits that were spent later than now count from now.</summary>
    public void LookAtTimesAnew()
    {
        List<long> limited = [];
        Statement rows = ledger.Database.Prepare("keys/limited-queues").Start();
        while (rows.Step())
            limited.Add(rows.Long(0));
        foreach (long id in limited)
        {
            if (Find(id) is not { Limits.Rate: { } rate, Window: { } window } queue)
                continue;
            window.Left(rate, ledger.Now);
            TouchLimits(queue);
        }
    }

    /// <summary>The queue's row is gone.</summary>
    public void Drop(QueueEntry queue)
    {
        names.Remove(queue.Name);
        ids.Remove(queue.Id);
    }

    /// <summary>After a rollback.</summary>
    public void Forget()
    {
        names.Clear();
        ids.Clear();
        touched.Clear();
    }

    private void Write(QueueEntry queue)
    {
        setCounts.Start();
        for (JobState state = JobState.Waiting; state <= JobState.Cancelled; state++)
            setCounts.Bind(queue[state]);
        setCounts.Bind(queue.Prioritized).Bind(queue.Aside).Bind(queue.Tombstones).Bind(queue.NextDue);
        if (queue.PackEnds(bytes.Clear()) is { } ends)
            setCounts.Bind(ends.AsSpan());
        else
            setCounts.BindNull();
        setCounts.Bind(queue.Id).Run();
        if (queue.AreLimitsDirty)
            WriteLimits(queue);
    }

    private void WriteLimits(QueueEntry queue)
    {
        Statement set = ledger.Database.Prepare("queues/set-limits").Start().Bind(queue.Keyed).Bind(queue.KeyedParked);
        set.BindOptional(LimitCodec.Pack(queue.Limits)).Bind(queue.HeldUntil).BindOptional(queue.Window?.Pack()).Bind(queue.Id).Run();
        queue.AreLimitsDirty = false;
    }

    // A slot of a limited queue is free. Where nothing waits for it, whoever comes next is told by its coming.
    private void AnnounceFree(QueueEntry queue)
    {
        if (queue[JobState.Waiting] + queue[JobState.Delayed] > 0)
            Announce(queue);
    }

    private void Count(QueueEntry queue, JobState state, int priority, int parked, int by)
    {
        Touch(queue);
        queue[state] += by;
        if (state != JobState.Waiting)
            return;
        if (priority != 5)
            queue.Prioritized += by;
        if (parked > 0)
            queue.Aside += by;
        if (parked > 1)
            CountKeyed(queue, parked, by);
    }

    private QueueEntry? Read(Statement row)
    {
        if (!row.Step())
            return null;

        QueueEntry queue = QueueEntry.Read(row);
        row.Reset();
        queue.Generation = ledger.Generation;
        names[queue.Name] = queue;
        ids[queue.Id] = queue;
        return queue;
    }
}
