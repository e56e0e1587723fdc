using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Records;

namespace AsyncMQ.Sqlite.Keys;

/// <summary>The keys that the writer has met, each read again when another connection may have changed it, and written once per transaction.</summary>
internal sealed class KeyRows(Ledger ledger)
{
    private const int MostKept = 100_000;

    private readonly Statement find = ledger.Database.Prepare("keys/find");
    private readonly Statement readLanes = ledger.Database.Prepare("keys/lanes");
    private readonly Statement write = ledger.Database.Prepare("keys/write");
    private readonly Statement save = ledger.Database.Prepare("keys/save");
    private readonly Statement count = ledger.Database.Prepare("keys/count");
    private readonly Statement writeLane = ledger.Database.Prepare("keys/write-lane");
    private readonly Statement saveLane = ledger.Database.Prepare("keys/save-lane");
    private readonly Statement countLane = ledger.Database.Prepare("keys/count-lane");
    private readonly Statement deleteLane = ledger.Database.Prepare("keys/delete-lane");
    private readonly Dictionary<(long Queue, string Name), KeyEntry> known = [];
    private readonly List<KeyEntry> touched = [];

    /// <summary>A key; null when there is nothing to say of it.</summary>
    public KeyEntry? Find(long queue, string name) => Look(queue, name) is { Exists: true } key ? key : null;

    /// <summary>A key, made now if there is none.</summary>
    public KeyEntry Named(long queue, string name)
    {
        KeyEntry key = Look(queue, name);
        if (!key.Exists)
        {
            key.Exists = true;
            Touch(key);
        }

        return key;
    }

    /// <summary>Its row has to be written before anybody looks at the tables, at the end of the transaction at the latest.</summary>
    public void Touch(KeyEntry key)
    {
        if (key.IsDirty)
            return;
        key.IsDirty = true;
        touched.Add(key);
    }

    /// <summary>The same, with a lane.</summary>
    public void Touch(KeyEntry key, LaneEntry lane)
    {
        lane.IsDirty = true;
        Touch(key);
    }

    /// <summary>Writes what changed.</summary>
    public void Flush()
    {
        foreach (KeyEntry key in touched)
        {
            Write(key);
            key.IsDirty = false;
        }

        touched.Clear();
    }

    /// <summary>Between transactions: a service with very many keys must not fill the memory.</summary>
    public void Trim()
    {
        if (known.Count > MostKept)
            known.Clear();
    }

    /// <summary>After a rollback, or when rows were deleted behind its back.</summary>
    public void Forget()
    {
        known.Clear();
        touched.Clear();
    }

    private KeyEntry Look(long queue, string name)
    {
        if (known.TryGetValue((queue, name), out KeyEntry? key) && key.Generation == ledger.Generation)
            return key;

        Statement row = find.Start().Bind(queue).Bind(KeyEntry.PlaceOf(name).AsSpan());
        if (row.Step())
        {
            key = KeyEntry.Read(row, queue);
            row.Reset();
            key.ReadLanes(readLanes);
        }
        else
        {
            key = new(queue, name);
        }

        key.Generation = ledger.Generation;
        return known[(queue, name)] = key;
    }

    private void Write(KeyEntry key)
    {
        if (key.Exists && !key.IsStored)
        {
            key.Id = ledger.NextNumber();
            Bind(write.Start().Bind(key.Id).Bind(key.QueueId).Bind(key.Name).Bind(KeyEntry.PlaceOf(key.Name).AsSpan()), key).Run();
            key.MarkStored();
        }
        else if (key.IsOnlyCounted && key.Exists)
        {
            count.Start().Bind(key.Waiting).Bind(key.Active).Bind(key.Id).Run();
        }
        else if (key.Exists)
        {
            Bind(save.Start(), key).Bind(key.Id).Run();
            key.MarkStored();
        }

        for (int i = key.Lanes.Count - 1; i >= 0; i--)
            Write(key, key.Lanes[i]);

        if (!key.Exists && key.IsStored)
        {
            ledger.Database.Prepare("keys/delete").Start().Bind(key.Id).Run();
            key.MarkDeleted();
        }
    }

    private void Write(KeyEntry key, LaneEntry lane)
    {
        if (!lane.IsDirty)
            return;
        lane.IsDirty = false;
        if (lane.Count > 0)
        {
            // Most adds leave the turn as it is, and its index alone.
            if (!lane.IsStored)
                writeLane.Start().Bind(key.Id).Bind(lane.Seat.Bench).Bind(lane.Seat.Priority).Bind(key.QueueId).Bind(lane.Count).Bind(lane.Turn).Run();
            else if (lane.StoredTurn == lane.Turn)
                countLane.Start().Bind(lane.Count).Bind(key.Id).Bind(lane.Seat.Bench).Bind(lane.Seat.Priority).Run();
            else
                saveLane.Start().Bind(lane.Count).Bind(lane.Turn).Bind(key.Id).Bind(lane.Seat.Bench).Bind(lane.Seat.Priority).Run();
            lane.MarkStored();
            return;
        }

        if (lane.IsStored)
            deleteLane.Start().Bind(key.Id).Bind(lane.Seat.Bench).Bind(lane.Seat.Priority).Run();
        key.Lanes.Remove(lane);
    }

    private static Statement Bind(Statement statement, KeyEntry key)
    {
        statement.Bind(key.Waiting).Bind(key.Active).BindOptional(LimitCodec.Pack(key.Own)).BindOptional(key.Window?.Pack());
        return statement.Bind(key.HeldUntil).Bind(key.Head).Bind(key.HeadSeat?.Bench).Bind((long?)key.HeadSeat?.Priority)
            .Bind(key.LookAt == long.MaxValue ? null : key.LookAt).Bind(key.IsToOpen && key.LookAt < long.MaxValue);
    }
}
