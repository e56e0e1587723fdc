using AsyncMQ.Storage;

namespace AsyncMQ.InMemory;

/// <summary>
/// Waiting jobs by priority, then sequence: a list per priority. The one of the default priority is always there, since most jobs use it.
/// </summary>
internal sealed class WaitingJobs
{
    private const int DefaultPriority = 5;

    private static readonly Comparer<JobList> ByPriority = Comparer<JobList>.Create(static (a, b) => a.Priority.CompareTo(b.Priority));

    private readonly JobList ordinary = new(DefaultPriority);
    private readonly JobList probe = new();
    private SortedSet<JobList>? others;

    public int Count { get; private set; }

    /// <summary>Jobs of another priority than the default.</summary>
    public int Prioritized => Count - ordinary.Count;

    /// <summary>The next job to run.</summary>
    public JobEntry? Head =>
        others?.Min is { } first && (first.Priority < DefaultPriority || ordinary.Count == 0) ? first.Head : ordinary.Head;

    /// <summary>Adds a job with a new sequence.</summary>
    public void AddLast(JobEntry entry)
    {
        ListFor(entry.Priority).AddLast(entry);
        Count++;
    }

    /// <summary>Adds a job that kept its sequence.</summary>
    public void InsertBySequence(JobEntry entry)
    {
        ListFor(entry.Priority).InsertBySequence(entry);
        Count++;
    }

    public void Remove(JobEntry entry)
    {
        JobList list = entry.List!;
        list.Remove(entry);
        Count--;
        if (list.Count == 0 && list != ordinary)
            others!.Remove(list);
    }

    /// <summary>The jobs of a priority; null, or empty: there are none.</summary>
    public JobList? Find(int priority)
    {
        if (priority == DefaultPriority)
            return ordinary;
        if (others is null)
            return null;
        probe.Priority = priority;
        return others.TryGetValue(probe, out JobList? list) ? list : null;
    }

    /// <summary>The jobs behind a key, in order or in reverse.</summary>
    public IEnumerable<JobEntry> Behind(PageKey? after, bool reverse)
    {
        foreach (JobList list in Lists(after?.Rank, reverse))
        {
            foreach (JobEntry entry in list.Behind(list.Priority == after?.Rank ? after : null, reverse, reverse))
                yield return entry;
        }
    }

    private IEnumerable<JobList> Lists(long? from, bool reverse)
    {
        bool ordinaryIsDue = from is null || (reverse ? DefaultPriority <= from : DefaultPriority >= from);
        foreach (JobList list in OtherLists(from, reverse))
        {
            if (ordinaryIsDue && (reverse ? list.Priority < DefaultPriority : list.Priority > DefaultPriority))
            {
                ordinaryIsDue = false;
                yield return ordinary;
            }

            yield return list;
        }

        if (ordinaryIsDue)
            yield return ordinary;
    }

    private IEnumerable<JobList> OtherLists(long? from, bool reverse)
    {
        if (others is null)
            return [];
        int bound = (int)Math.Clamp(from ?? (reverse ? int.MaxValue : int.MinValue), int.MinValue, int.MaxValue);
        return reverse
            ? others.GetViewBetween(new(int.MinValue), new(bound)).Reverse()
            : others.GetViewBetween(new(bound), new(int.MaxValue));
    }

    private JobList ListFor(int priority)
    {
        if (Find(priority) is { } known)
            return known;

        others ??= new(ByPriority);
        var list = new JobList(priority);
        others.Add(list);
        return list;
    }
}
