using AsyncMQ.Sqlite.Producing;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Linking;

/// <summary>What the jobs of one group have to know of each other while it is added; for groups with a flow or dependencies only.</summary>
/// <param name="flow">The flow that they join.</param>
internal sealed class GroupLinks(NewFlow? flow)
{
    private readonly HashSet<JobRef> depended = [];
    private Dictionary<JobRef, StandIn>? standIns;
    private Failure? failing;

    public NewFlow? Flow => flow;

    /// <summary>The flow's number; null: it has no row yet.</summary>
    public long? FlowNumber { get; set; }

    /// <summary>The handle of a job that gives way to the one being stored: it is as good as removed. Null: none does.</summary>
    public long? GivingWay { get; set; }

    /// <summary>True when two dependencies of one job may turn out to be one.</summary>
    public bool HasStandIns => standIns is { Count: > 0 };

    /// <summary>A dependency fails the job just stored. It ends when all else of its add is written.</summary>
    public void Fails(long handle, ReadOnlyMemory<byte> error) => failing = new(handle, error);

    /// <summary>The job just stored, if it is to fail.</summary>
    public Failure? TakeFailing()
    {
        Failure? taken = failing;
        failing = null;
        return taken;
    }

    /// <summary>A later job of the group depends on it.</summary>
    public void Expect(JobRef job) => depended.Add(job);

    /// <summary>What a job of the group is born with, so that nothing has to be written to it when those that depend on it come.</summary>
    public JobFlags FlagsOf(JobRef job) => depended.Contains(job) ? JobFlags.Dependents : JobFlags.None;

    /// <summary>The owner of a deduplication id stands for a job that it suppressed.</summary>
    public void Suppressed(JobRef job, in Hold by) => (standIns ??= [])[job] = new(job with { Id = by.Record.OwnerId }, by.Owner);

    /// <summary>A job of that name is on record, whatever an earlier one of the group was answered.</summary>
    public void Stored(JobRef job) => standIns?.Remove(job);

    /// <summary>Who stands for a job of the group; null: itself.</summary>
    public StandIn? StandInFor(JobRef job) => standIns is not null && standIns.TryGetValue(job, out StandIn standIn) ? standIn : null;
}

/// <summary>A job that stands for another.</summary>
/// <param name="Job">Its name.</param>
/// <param name="Handle">Its handle: its record may be gone, and a later job have its id.</param>
internal readonly record struct StandIn(JobRef Job, long Handle);

/// <summary>A job that is to fail.</summary>
/// <param name="Handle">Its handle.</param>
/// <param name="Error">Why.</param>
internal readonly record struct Failure(long Handle, ReadOnlyMemory<byte> Error);

/// <summary>What an add needs for groups with a flow or dependencies.</summary>
/// <param name="Checking">What refuses or answers a group.</param>
/// <param name="Tying">What stores a job.</param>
/// <param name="Spreading">What tells dependents.</param>
internal sealed record LinkParts(Checking Checking, Tying Tying, Spreading Spreading);
