using AsyncMQ.Storage;

namespace AsyncMQ.InMemory;

/// <summary>One flow: its jobs on record in order of adding, and their counts. It is in the store as long as it has one.</summary>
/// <param name="id">Its id.</param>
/// <param name="stamp">Tells it from another one with the same id.</param>
/// <param name="number">The store's number for it, in order of adding.</param>
/// <param name="addedAt">When it was added.</param>
internal sealed class StoredFlow(string id, long stamp, long number, long addedAt)
{
    public static readonly Comparer<StoredFlow> ByNumber = Comparer<StoredFlow>.Create(static (a, b) => a.Number.CompareTo(b.Number));

    public string Id { get; } = id;

    public long Stamp { get; } = stamp;

    public long Number { get; } = number;

    /// <summary>By add order alone.</summary>
    public TimedJobs Jobs { get; } = new(static _ => 0);

    public long Unended { get; private set; }

    public long Completed { get; private set; }

    /// <summary>Stands for a number in a search.</summary>
    public static StoredFlow Probe(long number) => new("", 0, number, 0);

    /// <summary>A job goes from one state to another; null: it is not on record.</summary>
    public void Count(JobState? before, JobState? after)
    {
        Count(before, -1);
        Count(after, 1);
    }

    public FlowRecord ToRecord() => new()
    {
        Id = Id,
        Number = Number,
        AddedAt = new(addedAt, TimeSpan.Zero),
        Jobs = Jobs.Count,
        Unended = Unended,
        Completed = Completed,
    };

    private void Count(JobState? state, int change)
    {
        if (state == JobState.Completed)
            Completed += change;
        else if (state is { } open && !open.IsFinal())
            Unended += change;
    }
}
