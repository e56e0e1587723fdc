using AsyncMQ.Storage;

namespace AsyncMQ.InMemory;

/// <summary>One schedule as this store keeps it. Times are UTC ticks; the end of all time: never.</summary>
/// <param name="queue">Its queue.</param>
/// <param name="id">Its id.</param>
/// <param name="number">The store's number for it: breaks ties between schedules of one time.</param>
/// <param name="createdAt">When it was created.</param>
internal sealed class StoredSchedule(StoredQueue queue, string id, long number, long createdAt)
{
    public static readonly Comparer<StoredSchedule> ByNext = Comparer<StoredSchedule>.Create(
        static (a, b) => a.Next != b.Next ? a.Next.CompareTo(b.Next) : a.Number.CompareTo(b.Number));

    private readonly Queue<OccurrenceRecord> history = new();

    public StoredQueue Queue { get; } = queue;

    public string Id { get; } = id;

    public long Number { get; } = number;

    public long Revision { get; set; }

    public ReadOnlyMemory<byte> Definition { get; set; }

    /// <summary>The next time. While it stands in the store's index, only the store's <c>SetNext</c> may change it.</summary>
    public long Next { get; set; } = long.MaxValue;

    public bool IsPaused { get; set; }

    public long Runs { get; set; }

    /// <summary>When a tick last added a job; zero: never.</summary>
    public long LastFiredAt { get; set; }

    public string? LastJobId { get; set; }

    /// <summary>True when it fires as soon as its time comes: then the store's index has it.</summary>
    public bool MayFire => !IsPaused && !Queue.IsClosed && Next < long.MaxValue;

    /// <summary>The latest occurrences, oldest first.</summary>
    public IReadOnlyCollection<OccurrenceRecord> History => history;

    public void Note(OccurrenceRecord occurrence)
    {
        if (history.Count == OccurrenceRecord.MostKept)
            history.Dequeue();
        history.Enqueue(occurrence);
    }

    public ScheduleRecord ToRecord() => new()
    {
        Queue = Queue.Name,
        Id = Id,
        Revision = Revision,
        Definition = Definition,
        Next = Next < long.MaxValue ? new(Next, TimeSpan.Zero) : null,
        IsPaused = IsPaused,
        Runs = Runs,
        CreatedAt = new(createdAt, TimeSpan.Zero),
        LastFiredAt = LastFiredAt > 0 ? new(LastFiredAt, TimeSpan.Zero) : null,
        LastJobId = LastJobId,
    };
}
