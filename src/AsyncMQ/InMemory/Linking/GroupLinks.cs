using AsyncMQ.Storage;

namespace AsyncMQ.InMemory;

/// <summary>What the jobs of one group have to know of each other while it is added; for groups with a flow or dependencies only.</summary>
/// <param name="flow">The flow that its jobs join, or null.</param>
internal sealed class GroupLinks(StoredFlow? flow)
{
    private Dictionary<JobRef, FoundDependency>? standIns;

    public StoredFlow? Flow => flow;

    /// <summary>True when two dependencies of one job may turn out to be one.</summary>
    public bool HasStandIns => standIns is { Count: > 0 };

    /// <summary>The owner of a deduplication id stands for a job that it suppressed.</summary>
    public void Suppressed(JobRef job, DeduplicationHold by) =>
        (standIns ??= [])[job] = new(new(by.Queue.Name, by.OwnerId), by.Owner, by.Owner?.State);

    /// <summary>A job with that id is on record, whatever an earlier one of the group was answered.</summary>
    public void Stored(JobRef job) => standIns?.Remove(job);

    public bool TryGetStandIn(JobRef job, out FoundDependency standIn)
    {
        standIn = default;
        return standIns is not null && standIns.TryGetValue(job, out standIn);
    }
}

/// <summary>A dependency as it was found at an add.</summary>
/// <param name="Job">Its name.</param>
/// <param name="Entry">Its record; null: there is none.</param>
/// <param name="State">Its state, or that which its tombstone tells; null: it was removed.</param>
internal readonly record struct FoundDependency(JobRef Job, JobEntry? Entry, JobState? State);
