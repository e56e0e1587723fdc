using System.Runtime.CompilerServices;
using AsyncMQ.Jobs;
using AsyncMQ.Storage;

namespace AsyncMQ.Queues;

/// <summary>The producing and inspecting side of an installation. A null queue means: each job's own, or the default one.</summary>
internal sealed partial class JobClient(JobClientParts parts) : IJobClient, ITransactionalJobs
{
    private const int MostInBulk = 10_000;
    private const long MostBytesInBulk = 16 << 20;
    private const int MostInStreamGroup = 1_000;
    private const long MostBytesInStreamGroup = 1 << 20;

    internal JobClientParts Parts => parts;

    public IJobQueue GetQueue(string name) => new JobQueue(this, Names.RequireQueue(name));

    public async Task<IReadOnlyList<string>> GetQueuesAsync(CancellationToken cancellationToken = default)
    {
        IReadOnlyList<QueueRecord> queues = await parts.ReadAsync((store, token) => store.QueuesAsync(token), cancellationToken).ConfigureAwait(false);
        IReadOnlyList<SessionRecord> workers = await ReadWorkersAsync(cancellationToken).ConfigureAwait(false);
        return [.. queues.Select(queue => queue.Name).Union(workers.SelectMany(worker => worker.Info.Queues)).Order(StringComparer.Ordinal)];
    }

    public Task<JobHandle> AddAsync(IJob job, JobOptions? options = null, CancellationToken cancellationToken = default) =>
        AddTypedAsync(job, null, options, cancellationToken);

    public Task<JobHandle<TResult>> AddAsync<TResult>(IJob<TResult> job, JobOptions? options = null, CancellationToken cancellationToken = default) =>
        AddTypedAsync(job, null, options, cancellationToken);

    public Task<JobHandle> AddAsync(string name, JobArgs? args = null, JobOptions? options = null, CancellationToken cancellationToken = default) =>
        AddNamedAsync(name, args, null, options, cancellationToken);

    public Task<IReadOnlyList<JobHandle>> AddBulkAsync(IReadOnlyList<JobSpec> jobs, CancellationToken cancellationToken = default) =>
        AddBulkAsync(jobs, null, cancellationToken);

    public IAsyncEnumerable<JobHandle> AddBulkAsync(IAsyncEnumerable<JobSpec> jobs, CancellationToken cancellationToken = default) =>
        AddStreamAsync(jobs, null, cancellationToken);

    public Task<JobHandle> EnqueueAsync(JobPayload payload, DateTimeOffset? runAt = null, CancellationToken cancellationToken = default) =>
        EnqueueAsync(payload, runAt, null, cancellationToken);

    internal async Task<JobHandle> AddTypedAsync(IJob job, string? queue, JobOptions? options, CancellationToken cancellationToken)
    {
        NewJob created = parts.Factory.CreateTyped(job, queue, options, wantsResult: false);
        AddedJob added = (await parts.Adder.AddAsync(new([created]), cancellationToken).ConfigureAwait(false))[0];
        return new(this, new(created.Ref.Queue, added.Id), added.Outcome);
    }

    internal async Task<JobHandle<TResult>> AddTypedAsync<TResult>(IJob<TResult> job, string? queue, JobOptions? options, CancellationToken cancellationToken)
    {
        NewJob created = parts.Factory.CreateTyped(job, queue, options, wantsResult: true);
        AddedJob added = (await parts.Adder.AddAsync(new([created]), cancellationToken).ConfigureAwait(false))[0];
        return new(this, new(created.Ref.Queue, added.Id), added.Outcome);
    }

    internal async Task<JobHandle> AddNamedAsync(string name, JobArgs? args, string? queue, JobOptions? options, CancellationToken cancellationToken)
    {
        NewJob created = parts.Factory.CreateNamed(name, args, queue, options);
        AddedJob added = (await parts.Adder.AddAsync(new([created]), cancellationToken).ConfigureAwait(false))[0];
        return new(this, new(created.Ref.Queue, added.Id), added.Outcome);
    }

    internal async Task<JobHandle> EnqueueAsync(JobPayload payload, DateTimeOffset? runAt, string? queue, CancellationToken cancellationToken)
    {
        parts.Factory.RequireSize(payload);
        JobSpec spec = JobSpec.FromPayload(payload);
        if (runAt is not null)
            spec = spec with { Options = spec.Options with { Delay = null, RunAt = runAt } };

        NewJob created = parts.Factory.Create(spec, queue);
        AddedJob added = (await parts.Adder.AddAsync(new([created]), cancellationToken).ConfigureAwait(false))[0];
        return new(this, new(created.Ref.Queue, added.Id), added.Outcome);
    }

    internal async Task<IReadOnlyList<JobHandle>> AddBulkAsync(IReadOnlyList<JobSpec> jobs, string? queue, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        if (jobs.Count > MostInBulk)
            throw new ArgumentException($"A bulk can hold at most {MostInBulk} jobs, but got {jobs.Count}. Use the overload that takes an IAsyncEnumerable.", nameof(jobs));

        var created = new List<NewJob>(jobs.Count);
        long bytes = 0, edges = 0;
        for (int i = 0; i < jobs.Count; i++)
        {
            created.Add(CreateItem(jobs[i], i, queue));
            bytes += created[i].Payload.Length + created[i].Envelope.Length;
            edges += created[i].DependsOn.Count;
        }

        if (bytes > MostBytesInBulk)
            throw new PayloadTooLargeException("The bulk", bytes, MostBytesInBulk);
        if (edges > FlowPlan.MostEdges)
            throw new ArgumentException($"The jobs of a bulk can have at most {FlowPlan.MostEdges} dependencies in all, but got {edges}.", nameof(jobs));
        return await AddGroupAsync(created, cancellationToken).ConfigureAwait(false);
    }

    internal IAsyncEnumerable<JobHandle> AddStreamAsync(IAsyncEnumerable<JobSpec> jobs, string? queue, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        return AddGroupsAsync(jobs, queue, cancellationToken);
    }

    private async IAsyncEnumerable<JobHandle> AddGroupsAsync(
        IAsyncEnumerable<JobSpec> jobs, string? queue, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var group = new List<NewJob>();
        long bytes = 0;
        int index = 0;
        await foreach (JobSpec spec in jobs.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            NewJob created = CreateItem(spec, index++, queue);
            long size = Producer.WeightOf(created);
            if (group.Count == MostInStreamGroup || (group.Count > 0 && bytes + size > MostBytesInStreamGroup))
            {
                foreach (JobHandle handle in await AddGroupAsync(group, cancellationToken).ConfigureAwait(false))
                    yield return handle;
                group = [];
                bytes = 0;
            }

            group.Add(created);
            bytes += size;
        }

        foreach (JobHandle handle in await AddGroupAsync(group, cancellationToken).ConfigureAwait(false))
            yield return handle;
    }

    internal async Task<JobResult> WaitAsync(JobRef job, CancellationToken cancellationToken)
    {
        await parts.StartAsync(cancellationToken).ConfigureAwait(false);
        using IDisposable? turn = await Workers.HandlerScope.EnterWaitAsync(parts, job, cancellationToken).ConfigureAwait(false);
        JobRecord? record = await parts.Ends.WaitAsync(job, cancellationToken).ConfigureAwait(false);
        if (record is null)
            throw new JobNotCompletedException(job, null, null);

        JobResult result = parts.Records.ResultOf(record);
        return record.State == JobState.Completed ? result : throw new JobNotCompletedException(job, record.State, result.Error);
    }

    private async Task<IReadOnlyList<JobHandle>> AddGroupAsync(List<NewJob> group, CancellationToken cancellationToken)
    {
        if (group.Count == 0)
            return [];

        IReadOnlyList<AddedJob> added = await parts.Adder.AddAsync(new(group), cancellationToken).ConfigureAwait(false);
        var handles = new JobHandle[added.Count];
        for (int i = 0; i < handles.Length; i++)
            handles[i] = new(this, new(group[i].Ref.Queue, added[i].Id), added[i].Outcome);
        return handles;
    }

    private NewJob CreateItem(JobSpec? spec, int index, string? queue)
    {
        try
        {
            return parts.Factory.Create(spec ?? throw new ArgumentException("The job is null."), queue);
        }
        catch (PayloadTooLargeException e)
        {
            throw new PayloadTooLargeException($"Job {index} of the bulk", e.Size, e.Limit);
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException($"Job {index} of the bulk: {BadArgument.Text(e)}", e);
        }
    }
}
