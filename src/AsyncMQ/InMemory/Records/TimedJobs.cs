using System.Diagnostics.CodeAnalysis;
using AsyncMQ.Storage;

namespace AsyncMQ.InMemory;

/// <summary>Jobs by a time, then in order of adding: the delayed ones by due time, those with a time-to-live by its end.</summary>
/// <param name="time">Which time.</param>
internal sealed class TimedJobs(Func<JobEntry, long> time)
{
    private readonly SortedSet<Timed> jobs = [];

    public int Count => jobs.Count;

    /// <summary>The earliest time; the end of all time when there is none.</summary>
    public long Earliest => jobs.Count == 0 ? long.MaxValue : jobs.Min.Time;

    public void Add(JobEntry entry) => jobs.Add(new(time(entry), entry.Handle, entry));

    public bool Remove(JobEntry entry) => jobs.Remove(new(time(entry), entry.Handle, entry));

    public bool Contains(JobEntry entry) => jobs.Contains(new(time(entry), entry.Handle, entry));

    /// <summary>The earliest job, if its time has come.</summary>
    public bool TryGetDue(long now, [NotNullWhen(true)] out JobEntry? entry)
    {
        entry = Earliest <= now ? jobs.Min.Entry : null;
        return entry is not null;
    }

    /// <summary>The jobs behind a key, in order or in reverse.</summary>
    public IEnumerable<JobEntry> Behind(PageKey? after, bool reverse)
    {
        Timed least = new(long.MinValue, long.MinValue, null), most = new(long.MaxValue, long.MaxValue, null);
        if (after is { } key)
        {
            if (reverse)
                most = new(key.Rank, key.Sequence, null);
            else
                least = new(key.Rank, key.Sequence, null);
        }

        SortedSet<Timed> view = jobs.GetViewBetween(least, most);
        foreach (Timed timed in reverse ? view.Reverse() : view)
        {
            if (new PageKey(timed.Time, timed.Handle) != after)
                yield return timed.Entry!;
        }
    }

    private readonly record struct Timed(long Time, long Handle, JobEntry? Entry) : IComparable<Timed>
    {
        public int CompareTo(Timed other) => Time != other.Time ? Time.CompareTo(other.Time) : Handle.CompareTo(other.Handle);
    }
}
