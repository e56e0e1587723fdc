namespace AsyncMQ.InMemory;

/// <summary>
/// The jobs that one session holds: by handle, and oldest claim first in a doubly linked list through the jobs themselves. Few, so that a settlement finds
/// its job in memory that is near, however many jobs the queue has.
/// </summary>
internal sealed class ClaimList
{
    private readonly Dictionary<long, JobEntry> byHandle = [];
    private JobEntry? newest;

    public int Count => byHandle.Count;

    public JobEntry? Oldest { get; private set; }

    /// <summary>All of them, the oldest claim first, those of one moment in order of adding. A copy: they may be removed meanwhile.</summary>
    public JobEntry[] ByAge() => [.. byHandle.Values.OrderBy(static entry => entry.StartedAt).ThenBy(static entry => entry.Handle)];

    public JobEntry? Find(long handle) => byHandle.GetValueOrDefault(handle);

    public void Add(JobEntry entry)
    {
        byHandle.Add(entry.Handle, entry);
        entry.PreviousClaim = newest;
        if (newest is null)
            Oldest = entry;
        else
            newest.NextClaim = entry;
        newest = entry;
    }

    public void Remove(JobEntry entry)
    {
        byHandle.Remove(entry.Handle);
        if (entry.PreviousClaim is { } previous)
            previous.NextClaim = entry.NextClaim;
        else
            Oldest = entry.NextClaim;
        if (entry.NextClaim is { } next)
            next.PreviousClaim = entry.PreviousClaim;
        else
            newest = entry.PreviousClaim;

        (entry.NextClaim, entry.PreviousClaim) = (null, null);
    }
}
