using AsyncMQ.Storage;

namespace AsyncMQ.InMemory;

/// <summary>Jobs of one state (and, waiting, of one priority) in order: a doubly linked list through the jobs themselves.</summary>
/// <param name="priority">The priority of the jobs, in lists of waiting jobs.</param>
internal sealed class JobList(int priority = 0)
{
    private PageEnds? pageEnds;

    public int Priority { get; set; } = priority;

    public int Count { get; private set; }

    public JobEntry? Head { get; private set; }

    public JobEntry? Tail { get; private set; }

    public void AddLast(JobEntry entry) => InsertAfter(Tail, entry);

    /// <summary>
    /// Puts a job that comes back among those in order of sequence. Walks from both ends: what comes back is near the head, what is parked near the
    /// tail.
    /// </summary>
    public void InsertBySequence(JobEntry entry)
    {
        JobEntry? low = Head, high = Tail;
        while (low is not null && high is not null)
        {
            if (low.Sequence > entry.Sequence)
            {
                InsertAfter(low.Previous, entry);
                return;
            }

            if (high.Sequence < entry.Sequence)
                break;
            (low, high) = (low.Next, high.Previous);
        }

        InsertAfter(high, entry);
    }

    public void Remove(JobEntry entry)
    {
        if (entry.IsPageEnd)
            pageEnds?.Leave(entry);

        if (entry.Previous is { } previous)
            previous.Next = entry.Next;
        else
            Head = entry.Next;
        if (entry.Next is { } next)
            next.Previous = entry.Previous;
        else
            Tail = entry.Previous;

        (entry.Next, entry.Previous, entry.List) = (null, null, null);
        Count--;
    }

    /// <summary>The jobs behind a key in the direction walked; all when the key is null.</summary>
    /// <param name="after">The key, or null.</param>
    /// <param name="fromTail">Walk the links backwards.</param>
    /// <param name="reverse">Keys descend in the direction walked.</param>
    public IEnumerable<JobEntry> Behind(PageKey? after, bool fromTail, bool reverse)
    {
        JobEntry? entry = fromTail ? Tail : Head;
        if (after is { } key)
        {
            entry = pageEnds?.Find(key, fromTail) ?? entry;
            while (entry is not null && (reverse ? entry.Key >= key : entry.Key <= key))
                entry = fromTail ? entry.Previous : entry.Next;
        }

        for (; entry is not null; entry = fromTail ? entry.Previous : entry.Next)
            yield return entry;
    }

    /// <summary>Remembers where a page ended, so that the next one need not walk there.</summary>
    public void RememberPageEnd(JobEntry entry, bool fromTail) => (pageEnds ??= new()).Remember(entry, fromTail);

    private void InsertAfter(JobEntry? previous, JobEntry entry)
    {
        JobEntry? next = previous is null ? Head : previous.Next;
        (entry.Previous, entry.Next, entry.List) = (previous, next, this);
        if (previous is null)
            Head = entry;
        else
            previous.Next = entry;
        if (next is null)
            Tail = entry;
        else
            next.Previous = entry;
        Count++;
    }
}
