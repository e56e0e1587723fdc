using AsyncMQ.Jobs;
using AsyncMQ.Storage;

namespace AsyncMQ.Queues;

/// <summary>The administering side of a queue.</summary>
internal sealed partial class JobQueue
{
    public const JobStateSet Unended = JobStateSet.Waiting | JobStateSet.Delayed | JobStateSet.WaitingChildren | JobStateSet.Active;
    public const JobStateSet Retryable = JobStateSet.Failed | JobStateSet.Expired | JobStateSet.Cancelled;
    private const int MostEmptyRounds = 100;

    public async Task PauseAsync(QueuePause? pause = null, CancellationToken cancellationToken = default) =>
        await ChangeQueueAsync(new QueueCommand.Pause(pause?.By, pause?.Why, pause?.For), cancellationToken).ConfigureAwait(false);

    public async Task ResumeAsync(CancellationToken cancellationToken = default) =>
        await ChangeQueueAsync(new QueueCommand.Resume(), cancellationToken).ConfigureAwait(false);

    public Task<JobChangeReply> RemoveJobAsync(string id, CancellationToken cancellationToken = default) =>
        ChangeJobAsync(id, step => step with { Command = JobCommand.Remove, Expected = JobStateSet.All }, cancellationToken);

    public async Task<bool> RemoveDelayedAsync(string id, CancellationToken cancellationToken = default) =>
        (await ChangeJobAsync(id, step => step with { Command = JobCommand.Remove, Expected = JobStateSet.Delayed }, cancellationToken).ConfigureAwait(false))
            .Outcome == JobChangeOutcome.Done;

    public Task<JobChangeReply> RetryJobAsync(string id, CancellationToken cancellationToken = default) =>
        ChangeJobAsync(id, step => step with { Command = JobCommand.Retry, Expected = Retryable }, cancellationToken);

    public Task<JobChangeReply> CancelJobAsync(string id, CancellationToken cancellationToken = default) =>
        ChangeJobAsync(id, step => step with { Command = JobCommand.Cancel, Expected = Unended }, cancellationToken);

    public Task<JobChangeReply> PromoteJobAsync(string id, CancellationToken cancellationToken = default) =>
        ChangeJobAsync(id, step => step with { Command = JobCommand.Promote, Expected = JobStateSet.Delayed | JobStateSet.WaitingChildren }, cancellationToken);

    public Task<JobChangeReply> RescheduleJobAsync(string id, TimeSpan delay, CancellationToken cancellationToken = default)
    {
        Times.RequireDelay(delay, "The delay");
        return ChangeJobAsync(
            id, step => step with { Command = JobCommand.Reschedule, Expected = JobStateSet.Delayed | JobStateSet.Waiting, Delay = delay }, cancellationToken);
    }

    public Task<JobChangeReply> RescheduleJobAsync(string id, DateTimeOffset runAt, CancellationToken cancellationToken = default)
    {
        if (runAt.Year > 2_200)
            throw new ArgumentOutOfRangeException(nameof(runAt), runAt, $"The time to start must be within about 100 years, but was {runAt:O}.");
        return ChangeJobAsync(
            id, step => step with { Command = JobCommand.Reschedule, Expected = JobStateSet.Delayed | JobStateSet.Waiting, RunAt = runAt }, cancellationToken);
    }

    // Running jobs are removed only where the query names their state: a default query must not pull the claim from under a handler.
    public Task<long> RemoveAsync(JobQuery query, IProgress<ChangedJobs>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        return RunAsync(JobCommand.Remove, query.IsOfAnyState ? JobStateSet.All & ~JobStateSet.Active : JobStateSet.All, query, progress, cancellationToken);
    }

    public Task<long> RetryAsync(JobQuery query, IProgress<ChangedJobs>? progress = null, CancellationToken cancellationToken = default) =>
        RunAsync(JobCommand.Retry, Retryable, query, progress, cancellationToken);

    public Task<long> CancelAsync(JobQuery query, IProgress<ChangedJobs>? progress = null, CancellationToken cancellationToken = default) =>
        RunAsync(JobCommand.Cancel, Unended, query, progress, cancellationToken);

    // Jobs that wait for others go on without them only where the query names their state.
    public Task<long> PromoteAsync(JobQuery query, IProgress<ChangedJobs>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        JobStateSet allowed = query.IsOfAnyState ? JobStateSet.Delayed : JobStateSet.Delayed | JobStateSet.WaitingChildren;
        return RunAsync(JobCommand.Promote, allowed, query, progress, cancellationToken);
    }

    public Task<long> DrainAsync(bool includeDelayed = false, IProgress<ChangedJobs>? progress = null, CancellationToken cancellationToken = default) =>
        RunAsync(
            JobCommand.Remove,
            JobStateSet.All,
            new() { States = includeDelayed ? [JobState.Waiting, JobState.Delayed] : [JobState.Waiting] },
            progress,
            cancellationToken);

    public Task<long> CleanAsync(
        JobState state, TimeSpan grace = default, int? limit = null, IProgress<ChangedJobs>? progress = null, CancellationToken cancellationToken = default)
    {
        if (state == JobState.Active)
            throw new ArgumentException("Running jobs cannot be cleaned. Cancel or remove them.", nameof(state));
        Times.RequireDelay(grace, "The grace");
        if (limit < 0)
            throw new ArgumentOutOfRangeException(nameof(limit), limit, $"The limit must not be negative, but was {limit}. Leave it out to remove all.");

        var change = new BulkChange(parts, name)
        {
            Command = JobCommand.Remove,
            Allowed = JobStateSet.All,
            Query = new() { States = [state] },
            Grace = grace,
            Limit = limit ?? long.MaxValue,
            Progress = progress,
        };
        return change.RunAsync(cancellationToken);
    }

    public async Task<long> ObliterateAsync(bool force = false, IProgress<ChangedJobs>? progress = null, CancellationToken cancellationToken = default)
    {
        switch (await ChangeQueueAsync(new QueueCommand.Close(force), cancellationToken).ConfigureAwait(false))
        {
            case QueueReply.Busy:
                throw new QueueNotEmptyException(name);
            case QueueReply.NotFound:
                return 0;
        }

        // More than one round only when a running job, forced, was settled into another state between the pages; it cannot escape many. No cut-off: a closed
        // queue takes no adds.
        var removal = new BulkChange(parts, name) { Command = JobCommand.Remove, Allowed = JobStateSet.All, Query = new(), Grace = null, Progress = progress };
        long removed = 0;
        for (int emptyRounds = 0; emptyRounds < MostEmptyRounds;)
        {
            long before = removed;
            removed = await removal.RunAsync(cancellationToken).ConfigureAwait(false);
            if (await DeleteAsync(cancellationToken).ConfigureAwait(false) != QueueReply.Busy || !await IsClosedAsync(cancellationToken).ConfigureAwait(false))
                return removed;
            emptyRounds = removed > before ? 0 : emptyRounds + 1;
        }

        throw new StoreException($"{parts.Store.Description} counts jobs in queue '{name}' that it cannot show: its records are damaged. The queue stays closed.");
    }

    private async Task<QueueReply> DeleteAsync(CancellationToken cancellationToken)
    {
        QueueReply reply;
        do
            reply = await ChangeQueueAsync(new QueueCommand.Delete(), cancellationToken).ConfigureAwait(false);
        while (reply == QueueReply.More);

        return reply;
    }

    public async Task<bool> RemoveDeduplicationKeyAsync(string deduplicationId, CancellationToken cancellationToken = default)
    {
        Names.RequireDeduplicationId(deduplicationId);
        return await ChangeQueueAsync(new QueueCommand.ReleaseDeduplication(deduplicationId), cancellationToken).ConfigureAwait(false) == QueueReply.Done;
    }

    private Task<long> RunAsync(JobCommand command, JobStateSet allowed, JobQuery query, IProgress<ChangedJobs>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (query.Skip > 0 || query.After is not null)
            throw new ArgumentException("A change over a query has no pages: it cannot Skip or go on After a place. Say which jobs by states and filters.", nameof(query));
        return new BulkChange(parts, name) { Command = command, Allowed = allowed, Query = query, Progress = progress }.RunAsync(cancellationToken);
    }

    // Open: somebody else obliterated the queue at the same time, and its name is in use again.
    private async Task<bool> IsClosedAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<QueueRecord> queues = await parts.ReadAsync((store, token) => store.QueuesAsync(token), cancellationToken).ConfigureAwait(false);
        return queues.Any(queue => queue.Name == name && queue.IsClosed);
    }

    private async Task<JobChangeReply> ChangeJobAsync(
        string id, Func<AdministerJobsStep, AdministerJobsStep> describe, CancellationToken cancellationToken)
    {
        JobRef job = Ref(id);
        IReadOnlyList<JobChangeReply> replies = await parts.ChangeAsync(
            (store, step, token) => store.AdministerJobsAsync(
                describe(new() { Step = step, Command = default, Jobs = [job], Expected = JobStateSet.None }), token),
            cancellationToken).ConfigureAwait(false);
        return replies[0];
    }

    private Task<QueueReply> ChangeQueueAsync(QueueCommand command, CancellationToken cancellationToken) =>
        parts.ChangeAsync((store, step, token) => store.AdministerQueueAsync(new(step, name, command), token), cancellationToken);
}
