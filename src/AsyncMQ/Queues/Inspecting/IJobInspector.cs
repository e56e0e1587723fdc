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

    /// <summary>
    /// What workers measured of the queue's jobs, name by name and in buckets of time: how many attempts completed and failed, how long they waited and ran.
    /// Empty when there is no such queue. Obliterating a queue drops its figures.
    /// </summary>
    /// <param name="query">Which; null: all that are kept by the minute.</param>
    /// <param name="cancellationToken">Abandons the wait.</param>
    /// <exception cref="ArgumentException"><see cref="MetricsQuery.From"/> is after <see cref="MetricsQuery.To"/>.</exception>
    Task<QueueMetrics> GetMetricsAsync(MetricsQuery? query = null, CancellationToken cancellationToken = default);

    /// <summary>One page of jobs. Keyset pages: a job that did not move is neither skipped nor repeated while others come and go.</summary>
    /// <exception cref="ArgumentException"><see cref="JobQuery.After"/> is not a cursor of this query.</exception>
    Task<JobPage> GetJobsAsync(JobQuery query, CancellationToken cancellationToken = default);

    /// <summary>
    /// Why a job does not run: delayed, held back by others that it depends on, by limits, by a pause, or because nobody works its queue or knows its
    /// name, and how many are ahead of it; of a running one who runs it. Null when there is none of that id.
    /// </summary>
    Task<JobExplanation?> ExplainAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>What bounds the queue now.</summary>
    Task<QueueLimitsInfo> GetLimitsAsync(CancellationToken cancellationToken = default);

    /// <summary>A key of the queue; null when none of its jobs waits or runs, it has no limits of its own, and nothing of it is to be remembered.</summary>
    /// <exception cref="ArgumentException">The key breaks a rule.</exception>
    Task<JobKeyInfo?> GetKeyAsync(string key, CancellationToken cancellationToken = default);

    /// <summary>Such keys of the queue, in ordinal order.</summary>
    /// <param name="after">Only those behind this one; null: from the first on.</param>
    /// <param name="take">The most keys, 1 to 1 000.</param>
    /// <param name="cancellationToken">Abandons the wait.</param>
    /// <exception cref="ArgumentOutOfRangeException">Take is not 1 to 1 000.</exception>
    Task<IReadOnlyList<JobKeyInfo>> GetKeysAsync(string? after = null, int take = 100, CancellationToken cancellationToken = default);

    /// <summary>The id of the job that owns a deduplication id now; it may have ended, within a window. Null: nobody does.</summary>
    Task<string?> GetDeduplicationJobIdAsync(string deduplicationId, CancellationToken cancellationToken = default);
}
