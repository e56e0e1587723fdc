using AsyncMQ.Storage;

namespace AsyncMQ.InMemory;

/// <summary>Who holds a deduplication id, until when, and the add kept to follow. Outlives its owner within a throttle window.</summary>
internal sealed class DeduplicationHold(StoredQueue queue, string id)
{
    public StoredQueue Queue { get; } = queue;

    public string Id { get; } = id;

    public string OwnerId { get; private set; } = "";

    /// <summary>The owner's own record; null when it was removed.</summary>
    public JobEntry? Owner { get; private set; }

    public DateTimeOffset? WindowEnds { get; set; }

    /// <summary>The newest add suppressed by an active owner.</summary>
    public NewJob? Kept { get; set; }

    /// <summary>True while the store's index of windows has it: an extended window is looked up again when the old one ends.</summary>
    public bool IsIndexed { get; set; }

    public bool HasLiveOwner => Owner is { } owner && !owner.State.IsFinal();

    public DeduplicationRecord Record => new(OwnerId, Owner?.State, WindowEnds);

    public void GiveTo(JobEntry owner, DateTimeOffset? windowEnds) => (Owner, OwnerId, WindowEnds) = (owner, owner.Id, windowEnds);

    public void OwnerIsGone() => Owner = null;
}
