using AsyncMQ.Jobs;
using AsyncMQ.Storage;

namespace AsyncMQ.Queues;

/// <summary>One queue of an installation; a name and the client's parts.</summary>
internal sealed partial class JobQueue(JobClient client, string name) : IJobQueue
{
    private readonly JobClientParts parts = client.Parts;

    public string Name => name;

    public Task<JobHandle> AddAsync(IJob job, JobOptions? options = null, CancellationToken cancellationToken = default) =>
        client.AddTypedAsync(job, name, options, cancellationToken);

    public Task<JobHandle<TResult>> AddAsync<TResult>(IJob<TResult> job, JobOptions? options = null, CancellationToken cancellationToken = default) =>
        client.AddTypedAsync(job, name, options, cancellationToken);

    public Task<JobHandle> AddAsync(string name, JobArgs? args = null, JobOptions? options = null, CancellationToken cancellationToken = default) =>
        client.AddNamedAsync(name, args, Name, options, cancellationToken);

    public Task<IReadOnlyList<JobHandle>> AddBulkAsync(IReadOnlyList<JobSpec> jobs, CancellationToken cancellationToken = default) =>
        client.AddBulkAsync(jobs, name, cancellationToken);

    public IAsyncEnumerable<JobHandle> AddBulkAsync(IAsyncEnumerable<JobSpec> jobs, CancellationToken cancellationToken = default) =>
        client.AddStreamAsync(jobs, name, cancellationToken);

    public Task<JobHandle> EnqueueAsync(JobPayload payload, DateTimeOffset? runAt = null, CancellationToken cancellationToken = default) =>
        client.EnqueueAsync(payload, runAt, name, cancellationToken);

    public async Task<JobInfo?> GetJobAsync(string id, CancellationToken cancellationToken = default) =>
        await FindAsync(id, JobParts.All, cancellationToken).ConfigureAwait(false) is { } record ? JobInfoReader.Read(record, parts.Records) : null;

    public async Task<JobState?> GetJobStateAsync(string id, CancellationToken cancellationToken = default) =>
        (await FindAsync(id, JobParts.None, cancellationToken).ConfigureAwait(false))?.State;

    public async Task<JobResult?> GetJobResultAsync(string id, CancellationToken cancellationToken = default) =>
        await FindAsync(id, JobParts.Result, cancellationToken).ConfigureAwait(false) is { } record
            ? parts.Records.ResultOf(record)
            : null;

    public Task<JobResult> WaitAsync(string id, CancellationToken cancellationToken = default) => client.WaitAsync(Ref(id), cancellationToken);

    public async Task<QueueStats> GetStatsAsync(CancellationToken cancellationToken = default)
    {
        QueueCounts counts = await parts.ReadAsync((store, token) => store.CountAsync(name, token), cancellationToken).ConfigureAwait(false);
        return new()
        {
            Queue = name,
            Waiting = counts.ByState[(int)JobState.Waiting],
            Active = counts.ByState[(int)JobState.Active],
            Delayed = counts.ByState[(int)JobState.Delayed],
            WaitingChildren = counts.ByState[(int)JobState.WaitingChildren],
            Completed = counts.ByState[(int)JobState.Completed],
            Failed = counts.ByState[(int)JobState.Failed],
            Expired = counts.ByState[(int)JobState.Expired],
            Cancelled = counts.ByState[(int)JobState.Cancelled],
            Prioritized = counts.Prioritized,
            Parked = counts.Parked,
            Pause = counts.Pause,
            OldestWaiting = counts.OldestWaiting,
            Rates = counts.Rates,
        };
    }

    public Task<JobPage> GetJobsAsync(JobQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        return JobPager.ReadAsync(parts, name, query, cancellationToken);
    }

    public Task<string?> GetDeduplicationJobIdAsync(string deduplicationId, CancellationToken cancellationToken = default)
    {
        Names.RequireDeduplicationId(deduplicationId);
        return parts.ReadAsync((store, token) => store.DeduplicationOwnerAsync(name, deduplicationId, token), cancellationToken);
    }

    private async Task<JobRecord?> FindAsync(string id, JobParts wanted, CancellationToken cancellationToken)
    {
        JobRef job = Ref(id);
        return (await parts.ReadAsync((store, token) => store.FindAsync([job], wanted, token), cancellationToken).ConfigureAwait(false))[0];
    }

    // Looking for an id that cannot exist finds nothing; only null is a mistake.
    private JobRef Ref(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return new(name, id);
    }
}
