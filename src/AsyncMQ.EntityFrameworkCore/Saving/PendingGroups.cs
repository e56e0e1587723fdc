using AsyncMQ.Storage;

namespace AsyncMQ.EntityFrameworkCore;

/// <summary>Groups that are to be written, in order, and how many of them one transaction has.</summary>
internal sealed class PendingGroups
{
    private readonly List<AddGroup> groups = [];

    /// <summary>How many of them, from the first, were written last; they go when that commits.</summary>
    public int Written { get; set; }

    public int Count => groups.Count;

    public int Jobs => groups.Sum(static group => group.Jobs.Count);

    public void Add(AddGroup group) => groups.Add(group);

    /// <summary>All of them as they are now.</summary>
    public IReadOnlyList<AddGroup> All() => [.. groups];

    /// <summary>Forgets what was written: it is committed. What came later stays.</summary>
    public void RemoveWritten()
    {
        groups.RemoveRange(0, Written);
        Written = 0;
    }

    public void Clear()
    {
        groups.Clear();
        Written = 0;
    }
}
