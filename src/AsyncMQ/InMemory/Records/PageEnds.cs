using AsyncMQ.Storage;

namespace AsyncMQ.InMemory;

/// <summary>
/// The last few places where pages of one list ended. Whoever pages through a million jobs comes back with the key of the last one; here the list
/// finds it without walking. When that job has left the list, the place steps back to the one walked before it, so nothing behind the key is missed.
/// </summary>
internal sealed class PageEnds
{
    private readonly PageEnd[] ends = new PageEnd[8];
    private int oldest;

    public void Remember(JobEntry entry, bool fromTail)
    {
        // The same page read again must not push out the places of others.
        int place = Array.FindIndex(ends, end => end.Entry == entry && end.Key == entry.Key && end.FromTail == fromTail);
        if (place >= 0)
            return;

        entry.IsPageEnd = true;
        ends[oldest] = new(entry.Key, fromTail, entry);
        oldest = (oldest + 1) % ends.Length;
    }

    /// <summary>A job at or before the key in the direction walked; null: begin at the beginning.</summary>
    public JobEntry? Find(PageKey key, bool fromTail)
    {
        foreach (PageEnd end in ends)
        {
            if (end.Entry is not null && end.Key == key && end.FromTail == fromTail)
                return end.Entry;
        }

        return null;
    }

    /// <summary>A job is about to leave the list.</summary>
    public void Leave(JobEntry entry)
    {
        entry.IsPageEnd = false;
        for (int i = 0; i < ends.Length; i++)
        {
            if (!ReferenceEquals(ends[i].Entry, entry))
                continue;

            JobEntry? walkedBefore = ends[i].FromTail ? entry.Next : entry.Previous;
            ends[i] = ends[i] with { Entry = walkedBefore };
            if (walkedBefore is not null)
                walkedBefore.IsPageEnd = true;
        }
    }

    private readonly record struct PageEnd(PageKey Key, bool FromTail, JobEntry? Entry);
}
