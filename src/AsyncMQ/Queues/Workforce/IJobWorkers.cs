namespace AsyncMQ;

/// <summary>
/// Looks at the worker processes of an installation, and makes them quiet. A worker here is a process with workers: one session, whatever the number of
/// <c>AddWorker</c> calls. A process that only adds and administers is none.
/// </summary>
public interface IJobWorkers
{
    /// <summary>
    /// The worker processes that live, in order of starting. One that was killed is listed until its lease has ended and others have taken its jobs back:
    /// <see cref="WorkerInfo.RenewedAt"/> tells how long it has been silent.
    /// </summary>
    Task<IReadOnlyList<WorkerInfo>> GetWorkersAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// The jobs that a worker process holds now, those it has held longest first; <see cref="JobInfo.StartedAt"/> says since when. Among them may be a few
    /// that it has fetched ahead and not started yet. Empty when there is no live worker of that id.
    /// </summary>
    /// <param name="id">Which: <see cref="WorkerInfo.Id"/>.</param>
    /// <param name="cancellationToken">Abandons the wait.</param>
    /// <exception cref="ArgumentException">The id is not one of a worker: 32 hexadecimal digits.</exception>
    Task<IReadOnlyList<JobInfo>> GetWorkerJobsAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>
    /// Makes a worker process quiet: the store gives it no more jobs from this call on, what it runs goes on to its end, and what it had fetched ahead goes
    /// back. It goes on to renew its lease, to fire schedules and to do the housekeeping, and stays quiet until it is resumed or ends; also when it loses its
    /// session and opens another. Repeatable.
    /// </summary>
    /// <param name="id">Which: <see cref="WorkerInfo.Id"/>.</param>
    /// <param name="cancellationToken">Abandons the wait, not the change.</param>
    /// <returns>False when there is no live worker of that id; nothing was done.</returns>
    /// <exception cref="ArgumentException">The id is not one of a worker: 32 hexadecimal digits. Nothing was done.</exception>
    /// <exception cref="Storage.StoreRejectedException">The process runs an earlier version of the library, which would not heed it. Nothing was done.</exception>
    Task<bool> QuietWorkerAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Lets a quiet worker process take jobs again. Repeatable.</summary>
    /// <param name="id">Which: <see cref="WorkerInfo.Id"/>.</param>
    /// <param name="cancellationToken">Abandons the wait, not the change.</param>
    /// <returns>False when there is no live worker of that id; nothing was done.</returns>
    /// <exception cref="ArgumentException">The id is not one of a worker: 32 hexadecimal digits. Nothing was done.</exception>
    Task<bool> ResumeWorkerAsync(string id, CancellationToken cancellationToken = default);
}
