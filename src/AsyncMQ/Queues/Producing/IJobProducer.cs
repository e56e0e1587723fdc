using AsyncMQ.Storage;

namespace AsyncMQ;

/// <summary>Adds jobs. Through a client a job goes to its own queue or <c>default</c>, through a queue to that queue.</summary>
/// <remarks>
/// Every add is checked before anything is written. A task that completed means that the job is stored; cancelling an add that was sent abandons the
/// wait, not the add. Concurrent adds of a process share round trips. All methods throw <see cref="ArgumentException"/> for input that breaks a rule,
/// <see cref="PayloadTooLargeException"/> over the payload limit, <see cref="AddRefusedException"/> when the store refuses the add whole,
/// <see cref="StoreRejectedException"/> when the store cannot write (disk full, read-only; nothing was written),
/// <see cref="AddOutcomeUnknownException"/> when the store does not answer, and <see cref="StoreException"/> when it has not answered since this process
/// began (nothing was written).
/// </remarks>
public interface IJobProducer
{
    /// <summary>Adds a typed job.</summary>
    Task<JobHandle> AddAsync(IJob job, JobOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Adds a typed job with a result.</summary>
    Task<JobHandle<TResult>> AddAsync<TResult>(IJob<TResult> job, JobOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Adds a job by name; no type and no handler need to be known here.</summary>
    Task<JobHandle> AddAsync(string name, JobArgs? args = null, JobOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Adds jobs as one atomic group: all are stored, or none. At most 10 000 jobs or 16 MiB.</summary>
    /// <returns>One handle per job, in order, each with its outcome. The second of two with the same id is Duplicate.</returns>
    Task<IReadOnlyList<JobHandle>> AddBulkAsync(IReadOnlyList<JobSpec> jobs, CancellationToken cancellationToken = default);

    /// <summary>Adds any number of jobs, in atomic groups of up to 1 000 jobs or 1 MiB, as they come.</summary>
    /// <returns>A handle per job, in order, once its group is stored.</returns>
    IAsyncEnumerable<JobHandle> AddBulkAsync(IAsyncEnumerable<JobSpec> jobs, CancellationToken cancellationToken = default);

    /// <summary>Adds a raw document as other systems write it; see <see cref="JobSpec.FromJson"/>. An id that exists gives Duplicate, never an overwrite.</summary>
    /// <param name="payload">The document.</param>
    /// <param name="runAt">Not to start before this time; takes the place of a delay in the document. Null: as the document says.</param>
    /// <param name="cancellationToken">Abandons the wait.</param>
    Task<JobHandle> EnqueueAsync(JobPayload payload, DateTimeOffset? runAt = null, CancellationToken cancellationToken = default);
}
