namespace AsyncMQ;

/// <summary>Looks at the jobs of a queue.</summary>
public interface IJobInspector
{
    /// <summary>A job with everything that is kept of it; null when there is none of that id.</summary>
    Task<JobInfo?> GetJobAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>A job's state; null when there is none of that id.</summary>
    Task<JobState?> GetJobStateAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>What a job has come to; null when there is none of that id.</summary>
    Task<JobResult?> GetJobResultAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Waits until a job ends.</summary>
    /// <returns>Its result.</returns>
    /// <exception cref="JobNotCompletedException">It failed, expired, was cancelled, or its record is gone.</exception>
    /// <exception cref="InvalidOperationException">Called in a handler whose worker's slots all wait already, for a job that only this worker could run.</exception>
    Task<JobResult> WaitAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>How many jobs are in each state, and what stands of the queue, at a cost that does not grow with the backlog.</summary>
    Task<QueueStats> GetStatsAsync(CancellationToken cancellationToken = default);

    /// <summary>One page of jobs. Keyset pages: a job that did not move is neither skipped nor repeated while others come and go.</summary>
    /// <exception cref="ArgumentException"><see cref="JobQuery.After"/> is not a cursor of this query.</exception>
    Task<JobPage> GetJobsAsync(JobQuery query, CancellationToken cancellationToken = default);

    /// <summary>The id of the job that owns a deduplication id now; it may have ended, within a window. Null: nobody does.</summary>
    Task<string?> GetDeduplicationJobIdAsync(string deduplicationId, CancellationToken cancellationToken = default);
}
