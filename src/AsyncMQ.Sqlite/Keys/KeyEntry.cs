using System.Text;
using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Records;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Keys;

/// <summary>A key's row in memory, changed during a transaction and written at its end.</summary>
internal sealed class KeyEntry(long queueId, string name)
{
    private Rest stored;

    public long QueueId => queueId;

    public string Name => name;

    /// <summary>The number of its row; 0: it was not written yet.</summary>
    public long Id { get; set; }

    /// <summary>The <see cref="Ledger.Generation"/> in which this is true.</summary>
    public long Generation { get; set; }

    /// <summary>Whether there is such a row, or will be.</summary>
    public bool Exists { get; set; }

    /// <summary>Whether it changed in this transaction.</summary>
    public bool IsDirty { get; set; }

    public bool IsStored { get; private set; }

    /// <summary>Whether it counts other jobs than its row, and differs in nothing else.</summary>
    public bool IsOnlyCounted => IsStored && Window is null && Rest.Of(this) == stored;

    /// <summary>Its own limits; null: the queue's hold.</summary>
    public KeyLimits? Own { get; set; }

    public long Waiting { get; set; }

    public int Active { get; set; }

    /// <summary>The permits that it spent; null: nothing limits its rate.</summary>
    public RateWindow? Window { get; set; }

    public long HeldUntil { get; set; }

    /// <summary>Under strict order: the job that the others must let end first.</summary>
    public long? Head { get; set; }

    /// <summary>Where that waits; null: it does not.</summary>
    public Seat? HeadSeat { get; set; }

    /// <summary>True when it was told that its limits hold jobs back, and they do so still.</summary>
    public bool IsLimitTold { get; set; }

    /// <summary>When it is to be looked at again: with waiting jobs to open, without to be forgotten. The end of all time: not by itself.</summary>
    public long LookAt { get; set; } = long.MaxValue;

    /// <summary>Whether that is to open.</summary>
    public bool IsToOpen { get; set; }

    /// <summary>Its lanes with jobs, and those whose rows are to go.</summary>
    public List<LaneEntry> Lanes { get; } = [];

    /// <summary>Nothing but its name is left of it.</summary>
    public void Clear()
    {
        (Exists, Own, Window, HeldUntil, Head, HeadSeat) = (false, null, null, 0, null, null);
        (LookAt, IsToOpen, Waiting, Active) = (long.MaxValue, false, 0, 0);
    }

    /// <summary>Its row says what this does.</summary>
    public void MarkStored() => (IsStored, stored) = (true, Rest.Of(this));

    /// <summary>Its row is gone.</summary>
    public void MarkDeleted() => IsStored = false;

    public LaneEntry LaneOn(Seat seat)
    {
        for (int i = 0; i < Lanes.Count; i++)
        {
            if (Lanes[i].Seat == seat)
                return Lanes[i];
        }

        var added = new LaneEntry(seat);
        Lanes.Add(added);
        return added;
    }

    /// <summary>Whether a lane may stand while the key is open: all, or the head's alone.</summary>
    public bool LetsStand(LaneEntry lane) => lane.Count > 0 && (Head is null || HeadSeat == lane.Seat);

    /// <summary>From when on its jobs may be claimed; now or before: it is open; the end of all time: when something else happens.</summary>
    public long OpensAt(KeyLimits? limits, long now) => LimitRules.OpensAt(limits, Window, new(Active, Head is not null && HeadSeat is null, HeldUntil), now);

    /// <summary>From when on there is nothing to remember of it, should nothing else happen.</summary>
    public long ForgottenAt(KeyLimits? limits, long now) =>
        Waiting > 0 || Active > 0 || Own is not null || Head is not null ? long.MaxValue : LimitRules.ForgottenAt(limits, Window, HeldUntil, now);

    /// <summary>Reads its lanes by <c>keys/lanes</c>.</summary>
    public void ReadLanes(Statement lanes)
    {
        lanes.Start().Bind(Id);
        while (lanes.Step())
        {
            var lane = new LaneEntry(new(lanes.Long(0), lanes.Int(1))) { Count = lanes.Long(2), Turn = lanes.OptionalLong(3) };
            lane.MarkStored();
            Lanes.Add(lane);
        }
    }

    /// <summary>A key as the store orders them: ordinally, which is not the order of its UTF-8.</summary>
    public static byte[] PlaceOf(string name) => Encoding.BigEndianUnicode.GetBytes(name);

    /// <summary>Reads a row whose columns are those of <c>keys/find</c>.</summary>
    public static KeyEntry Read(Statement row, long queueId)
    {
        var key = new KeyEntry(queueId, row.Text(1))
        {
            Id = row.Long(0),
            Exists = true,
            Waiting = row.Long(2),
            Active = row.Int(3),
            Own = row.IsNull(4) ? null : LimitCodec.UnpackOfKey(row.Bytes(4)),
            Window = row.IsNull(5) ? null : RateWindow.Unpack(row.Span(5)),
            HeldUntil = row.Long(6),
            Head = row.OptionalLong(7),
            HeadSeat = row.IsNull(8) ? null : new(row.Long(8), row.Int(9)),
            LookAt = row.OptionalLong(10) ?? long.MaxValue,
            IsToOpen = row.Bool(11),
        };
        key.MarkStored();
        return key;
    }

    /// <summary>All that is seldom changed.</summary>
    private readonly record struct Rest(KeyLimits? Own, bool HasWindow, long HeldUntil, long? Head, Seat? HeadSeat, long LookAt, bool IsToOpen)
    {
        public static Rest Of(KeyEntry key) => new(key.Own, key.Window is not null, key.HeldUntil, key.Head, key.HeadSeat, key.LookAt, key.IsToOpen);
    }
}

/// <summary>The waiting jobs of a key on one bench and of one priority.</summary>
internal sealed class LaneEntry(Seat seat)
{
    public Seat Seat => seat;

    public long Count { get; set; }

    /// <summary>When it took its place among those that may be claimed from; null: it has none.</summary>
    public long? Turn { get; set; }

    public bool IsDirty { get; set; }

    public bool IsStored { get; private set; }

    /// <summary>The turn that its row tells.</summary>
    public long? StoredTurn { get; private set; }

    /// <summary>Its row says what this does.</summary>
    public void MarkStored() => (IsStored, StoredTurn) = (true, Turn);
}

/// <summary>Where a job waits.</summary>
/// <param name="Bench">0; or the number of its name, when it is parked.</param>
/// <param name="Priority">Its priority.</param>
internal readonly record struct Seat(long Bench, int Priority)
{
    public static Seat Of(JobRow job, bool isParked) => new(isParked ? job.Name : 0, job.Priority);
}

/// <summary>What a key knows a job as: the lowest bits of the column <c>seat</c>.</summary>
internal enum SeatKind
{
    None = 0,
    Waiting = 1,
    Active = 2,

    /// <summary>Its head, which is delayed.</summary>
    Head = 3,
}
