namespace AsyncMQ.InMemory;

/// <summary>The jobs that one session holds, oldest claim first: a doubly linked list through the jobs themselves.</summary>
internal sealed class ClaimList
{
    public int Count { get; private set; }

    public JobEntry? Oldest { get; private set; }

    public JobEntry? Newest { get; private set; }

    public void Add(JobEntry entry)
    {
        entry.PreviousClaim = Newest;
        if (Newest is null)
            Oldest = entry;
        else
            Newest.NextClaim = entry;
        Newest = entry;
        Count++;
    }

    public void Remove(JobEntry entry)
    {
        if (entry.PreviousClaim is { } previous)
            previous.NextClaim = entry.NextClaim;
        else
            Oldest = entry.NextClaim;
        if (entry.NextClaim is { } next)
            next.PreviousClaim = entry.PreviousClaim;
        else
            Newest = entry.PreviousClaim;

        (entry.NextClaim, entry.PreviousClaim) = (null, null);
        Count--;
    }
}
