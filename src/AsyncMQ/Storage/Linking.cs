namespace AsyncMQ.Storage;

/// <summary>Makes an add's group a flow, or a part of one.</summary>
/// <param name="Id">The flow's id, unique in the installation.</param>
/// <param name="Stamp">Random, made before the first try: a flow that is there and bears the same stamp is answered as created.</param>
/// <param name="Extends">True: the flow is there already and gets more jobs. False: it is new.</param>
public sealed record NewFlow(string Id, long Stamp, bool Extends);

/// <summary>One dependency of a job.</summary>
/// <param name="Job">The job that it depends on; its record may be gone.</param>
/// <param name="Status">How the two stand.</param>
public readonly record struct DependencyRecord(JobRef Job, DependencyStatus Status);

/// <summary>A flow as the store keeps it: as long as one of its jobs is on record.</summary>
public sealed record FlowRecord
{
    /// <summary>The flow's id.</summary>
    public required string Id { get; init; }

    /// <summary>The store's number for it, in order of adding; also the cursor behind it.</summary>
    public required long Number { get; init; }

    /// <summary>When it was added.</summary>
    public required DateTimeOffset AddedAt { get; init; }

    /// <summary>How many of its jobs are on record.</summary>
    public required long Jobs { get; init; }

    /// <summary>How many of those have not ended.</summary>
    public required long Unended { get; init; }

    /// <summary>How many of those are completed.</summary>
    public required long Completed { get; init; }
}

/// <summary>The part of the contract that looks at flows. They are added by <see cref="IJobStore.AddAsync"/>, and changed job by job.</summary>
public interface IFlowStore
{
    /// <summary>A flow by id; null when none of its jobs is on record.</summary>
    ValueTask<FlowRecord?> FindFlowAsync(string id, CancellationToken cancellationToken);

    /// <summary>Flows, latest first.</summary>
    /// <param name="before">Only those added before the flow of this <see cref="FlowRecord.Number"/>; null: from the latest on.</param>
    /// <param name="take">The most flows, 1 to 1 000.</param>
    /// <param name="cancellationToken">Abandons the wait.</param>
    ValueTask<IReadOnlyList<FlowRecord>> FlowsAsync(long? before, int take, CancellationToken cancellationToken);

    /// <summary>The jobs of a flow that are on record, in order of adding; empty when there is no such flow.</summary>
    /// <param name="flow">The flow's id.</param>
    /// <param name="after">Only what comes behind this place, which an earlier page gave; null: from the first on.</param>
    /// <param name="take">The most records, 1 to 1 000.</param>
    /// <param name="parts">What to read of each.</param>
    /// <param name="cancellationToken">Abandons the wait.</param>
    ValueTask<StorePage> FlowJobsAsync(string flow, PageKey? after, int take, JobParts parts, CancellationToken cancellationToken);
}
