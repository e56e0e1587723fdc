using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Keys;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Records;

/// <summary>A queue's row in memory, changed during a transaction and written at its end.</summary>
internal sealed class QueueEntry(long id, string name)
{
    private readonly long[] counts = new long[(int)JobState.Cancelled + 1];
    private EndTally? ends;
    private bool endsChanged;

    public long Id { get; } = id;

    public string Name { get; } = name;

    /// <summary>The <see cref="Ledger.Generation"/> in which this is true.</summary>
    public long Generation { get; set; }

    /// <summary>True when a count changed in this transaction.</summary>
    public bool IsDirty { get; set; }

    /// <summary>True when the watchers will be told of work in it.</summary>
    public bool IsAnnounced { get; set; }

    /// <summary>True when something waits or runs.</summary>
    public bool IsBusy => this[JobState.Waiting] + this[JobState.Active] > 0;

    /// <summary>Whether it was so when this transaction first changed it.</summary>
    public bool WasBusy { get; set; }

    /// <summary>The keys whose limits hold jobs back after what this transaction did with them, if anybody listens; some may have been told already.</summary>
    public List<KeyEntry> Reached { get; } = [];

    /// <summary>True when it was told that its limits hold jobs back, and they do so still.</summary>
    public bool IsLimitTold { get; set; }

    public long Prioritized { get; set; }

    /// <summary>Waiting jobs that are not in the list from which any worker claims: those with a key, and the parked ones.</summary>
    public long Aside { get; set; }

    /// <summary>Waiting jobs with a key.</summary>
    public long Keyed { get; set; }

    /// <summary>Waiting jobs with a key that are parked.</summary>
    public long KeyedParked { get; set; }

    /// <summary>Waiting jobs that are parked.</summary>
    public long Parked => Aside - Keyed + KeyedParked;

    /// <summary>Waiting jobs without a key that are parked.</summary>
    public long PlainParked => Aside - Keyed;

    /// <summary>Whether jobs wait that any worker may claim, without a key.</summary>
    public bool HasPlain => this[JobState.Waiting] > Aside;

    public long Tombstones { get; set; }

    /// <summary>No delayed job is due before this.</summary>
    public long? NextDue { get; set; }

    public bool IsClosed { get; set; }

    public long? PausedAt { get; set; }

    public long? PausedUntil { get; set; }

    public string? PausedBy { get; set; }

    public string? PausedWhy { get; set; }

    public RetentionPolicy? Retention { get; set; }

    public QueueLimits? Limits { get; set; }

    public long HeldUntil { get; set; }

    /// <summary>The permits that were spent lately; null: nothing limits the rate.</summary>
    public RateWindow? Window { get; set; }

    /// <summary>Whether what belongs to limits and keys has to be written.</summary>
    public bool AreLimitsDirty { get; set; }

    /// <summary>Whether a process of an earlier minor has done something to jobs that their keys have yet to be told.</summary>
    public bool HasLeft { get; set; }

    /// <summary>What ended lately, as stored; null: nothing ever did.</summary>
    public byte[]? StoredEnds { get; private set; }

    public long this[JobState state]
    {
        get => counts[(int)state];
        set => counts[(int)state] = value;
    }

    /// <summary>How many jobs it has, in any state.</summary>
    public long Total => counts.Sum();

    /// <summary>Whether it is paused at a time; a pause with an end needs nobody to end it.</summary>
    public bool IsPaused(long now) => PausedAt is not null && (PausedUntil is not { } until || until > now);

    /// <summary>Whether nothing may be claimed from it at a time.</summary>
    public bool IsShut(long now) => IsClosed || IsPaused(now);

    /// <summary>How many of its jobs may be claimed now.</summary>
    public int Budget(long now) => IsShut(now) || HeldUntil > now ? 0 : LimitRules.Budget(Limits, Window, this[JobState.Active], now);

    /// <summary>Whether nothing but its own limits keeps a waiting job from being claimed.</summary>
    public bool HoldsBack(long now) =>
        !IsShut(now) && this[JobState.Waiting] > 0 && LimitRules.Budget(Limits, Window, this[JobState.Active], now) == 0;

    /// <summary>When there may be work next; the end of all time: nothing is known to come.</summary>
    /// <param name="next">When there would be, without what bounds the whole queue.</param>
    /// <param name="now">The store's time.</param>
    public long NextWorkAt(long next, long now)
    {
        // Where all that may run runs, whoever ends frees the way, and tells.
        next = Math.Max(Math.Max(next, HeldUntil), LimitRules.OpensAt(Limits, Window, this[JobState.Active], now));
        if (IsClosed || next == long.MaxValue)
            return long.MaxValue;
        return IsPaused(now) ? Math.Max(next, PausedUntil ?? long.MaxValue) : next;
    }

    /// <summary>Counts a job that came into a final state.</summary>
    public void CountEnd(JobState state, long now)
    {
        ends ??= ReadEnds();
        ends.Count(state, now);
        endsChanged = true;
    }

    /// <summary>How fast jobs ended before a time.</summary>
    public QueueRates RatesAt(long now) => (ends ??= ReadEnds()).RatesAt(now);

    /// <summary>Brings <see cref="StoredEnds"/> up to date.</summary>
    public byte[]? PackEnds(ByteWriter writer)
    {
        if (!endsChanged)
            return StoredEnds;

        foreach (long number in ends!.ToNumbers())
            writer.Number(number);
        endsChanged = false;
        return StoredEnds = writer.Written.ToArray();
    }

    /// <summary>The row for people.</summary>
    public QueueRecord ToRecord(long now) => new()
    {
        Name = Name,
        Pause = PauseAt(now),
        IsClosed = IsClosed,
        Retention = Retention,
        Limits = Limits,
        HeldUntil = HeldUntil > now ? Ticks.ToTime(HeldUntil) : null,
        NextPermit = LimitRules.NextPermit(Limits?.Rate, Window, now) is { } permit ? Ticks.ToTime(permit) : null,
    };

    /// <summary>The pause that is on at a time; null: none.</summary>
    public PauseInfo? PauseAt(long now) =>
        IsPaused(now) ? new(PausedBy, PausedWhy, Ticks.ToTime(PausedAt!.Value), Ticks.ToTime(PausedUntil)) : null;

    /// <summary>Reads a row whose columns are those of <c>queues/by-name</c>.</summary>
    public static QueueEntry Read(Statement row)
    {
        var queue = new QueueEntry(row.Long(0), row.Text(1));
        for (JobState state = JobState.Waiting; state <= JobState.Cancelled; state++)
            queue[state] = row.Long(2 + (int)state);

        queue.Prioritized = row.Long(10);
        queue.Aside = row.Long(11);
        queue.Tombstones = row.Long(12);
        queue.NextDue = row.OptionalLong(13);
        queue.IsClosed = row.Bool(14);
        queue.PausedAt = row.OptionalLong(15);
        queue.PausedUntil = row.OptionalLong(16);
        queue.PausedBy = row.OptionalText(17);
        queue.PausedWhy = row.OptionalText(18);
        if (row.Bool(19))
            queue.Retention = ReadRetention(row);
        if (!row.IsNull(24))
            queue.StoredEnds = row.Bytes(24);
        queue.Keyed = row.Long(25);
        queue.KeyedParked = row.Long(26);
        queue.Limits = row.IsNull(27) ? null : LimitCodec.UnpackOfQueue(row.Bytes(27));
        queue.HeldUntil = row.Long(28);
        queue.Window = row.IsNull(29) ? queue.Limits?.Rate is null ? null : new() : RateWindow.Unpack(row.Span(29));
        queue.HasLeft = row.Bool(30);
        return queue;
    }

    private EndTally ReadEnds()
    {
        var numbers = new List<long>();
        try
        {
            var reader = new ByteReader(StoredEnds ?? []);
            while (!reader.IsAtEnd)
                numbers.Add(reader.Number());
        }
        catch (IndexOutOfRangeException)
        {
            // Damaged: rates begin anew.
        }

        return EndTally.FromNumbers([.. numbers]);
    }

    private static RetentionPolicy ReadRetention(Statement row) => new()
    {
        Age = ToSpan(row.OptionalLong(20)),
        Count = (int?)row.OptionalLong(21),
        FailedAge = ToSpan(row.OptionalLong(22)),
        FailedCount = (int?)row.OptionalLong(23),
    };

    private static TimeSpan? ToSpan(long? ticks) => ticks is { } known ? new TimeSpan(known) : null;
}
