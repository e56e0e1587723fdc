using System.Runtime.CompilerServices;
using AsyncMQ.Queues;

namespace AsyncMQ;

/// <summary>The one-line getters and short forms: everything here is said in terms of <see cref="IJobInspector"/>, <see cref="IJobAdministrator"/> and
/// <see cref="IJobRepeatables"/>.</summary>
public static class JobQueueExtensions
{
    /// <summary>The jobs of a query one by one, page after page, however many there are.</summary>
    public static async IAsyncEnumerable<JobInfo> QueryAsync(
        this IJobInspector queue, JobQuery query, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(queue);
        ArgumentNullException.ThrowIfNull(query);
        string? after = query.After;
        do
        {
            JobPage page = await queue.GetJobsAsync(query with { After = after }, cancellationToken).ConfigureAwait(false);
            foreach (JobInfo job in page.Jobs)
                yield return job;
            after = page.Next;
        }
        while (after is not null);
    }

    /// <summary>Waiting jobs, next to run first.</summary>
    public static Task<JobPage> GetWaitingAsync(this IJobInspector queue, JobQuery? query = null, CancellationToken cancellationToken = default) =>
        queue.PageAsync(JobState.Waiting, query, cancellationToken);

    /// <summary>Running jobs, longest running first.</summary>
    public static Task<JobPage> GetActiveAsync(this IJobInspector queue, JobQuery? query = null, CancellationToken cancellationToken = default) =>
        queue.PageAsync(JobState.Active, query, cancellationToken);

    /// <summary>Delayed jobs with their due times, next due first.</summary>
    public static Task<JobPage> GetDelayedAsync(this IJobInspector queue, JobQuery? query = null, CancellationToken cancellationToken = default) =>
        queue.PageAsync(JobState.Delayed, query, cancellationToken);

    /// <summary>Jobs that wait for others, first added first.</summary>
    public static Task<JobPage> GetWaitingChildrenAsync(this IJobInspector queue, JobQuery? query = null, CancellationToken cancellationToken = default) =>
        queue.PageAsync(JobState.WaitingChildren, query, cancellationToken);

    /// <summary>Completed jobs, latest first.</summary>
    public static Task<JobPage> GetCompletedAsync(this IJobInspector queue, JobQuery? query = null, CancellationToken cancellationToken = default) =>
        queue.PageAsync(JobState.Completed, query, cancellationToken);

    /// <summary>Failed jobs, the dead letters, latest first.</summary>
    public static Task<JobPage> GetFailedAsync(this IJobInspector queue, JobQuery? query = null, CancellationToken cancellationToken = default) =>
        queue.PageAsync(JobState.Failed, query, cancellationToken);

    /// <summary>Waiting jobs whose priority is not the default: a view of waiting, nothing counted twice.</summary>
    public static Task<JobPage> GetPrioritizedAsync(this IJobInspector queue, JobQuery? query = null, CancellationToken cancellationToken = default) =>
        queue.PageAsync(JobState.Waiting, (query ?? new()) with { IsPrioritized = true }, cancellationToken);

    /// <summary>The waiting jobs of a paused queue; an empty page while it is not paused. A view of waiting, nothing counted twice.</summary>
    public static async Task<JobPage> GetPausedAsync(this IJobInspector queue, JobQuery? query = null, CancellationToken cancellationToken = default) =>
        await queue.IsPausedAsync(cancellationToken).ConfigureAwait(false)
            ? await queue.PageAsync(JobState.Waiting, query, cancellationToken).ConfigureAwait(false)
            : new([], null, 0);

    /// <summary>True while the queue is paused.</summary>
    public static async Task<bool> IsPausedAsync(this IJobInspector queue, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(queue);
        return (await queue.GetStatsAsync(cancellationToken).ConfigureAwait(false)).IsPaused;
    }

    /// <summary>How many jobs are in each of the states; all states when none is given.</summary>
    public static async Task<IReadOnlyDictionary<JobState, long>> GetJobCountsAsync(
        this IJobInspector queue, IReadOnlyList<JobState>? states = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(queue);
        QueueStats stats = await queue.GetStatsAsync(cancellationToken).ConfigureAwait(false);
        return (states ?? Enum.GetValues<JobState>()).Distinct().ToDictionary(state => state, state => stats[state]);
    }

    /// <summary>How many jobs are in the states together; all states when none is given.</summary>
    public static async Task<long> GetJobCountAsync(
        this IJobInspector queue, IReadOnlyList<JobState>? states = null, CancellationToken cancellationToken = default) =>
        (await queue.GetJobCountsAsync(states, cancellationToken).ConfigureAwait(false)).Values.Sum();

    /// <summary>How many jobs are still to start: waiting, delayed, and waiting for others; nothing twice.</summary>
    public static async Task<long> CountAsync(this IJobInspector queue, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(queue);
        return (await queue.GetStatsAsync(cancellationToken).ConfigureAwait(false)).Pending;
    }

    /// <summary>Creates or changes the repeatable whose id is its job's name; see <see cref="IJobRepeatables.UpsertRepeatableAsync"/>.</summary>
    /// <exception cref="ArgumentException">Something breaks a rule, or the schedule would never run from now on.</exception>
    public static Task<DateTimeOffset?> UpsertRepeatableAsync(
        this IJobRepeatables queue, Schedule schedule, JobSpec job, bool? paused = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(queue);
        ArgumentNullException.ThrowIfNull(job);
        string id = job.Name ?? JobFactory.AttributeOf(job.Job!.GetType()).Name;
        return queue.UpsertRepeatableAsync(id, schedule, job, paused, cancellationToken);
    }

    private static Task<JobPage> PageAsync(this IJobInspector queue, JobState state, JobQuery? query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(queue);
        return queue.GetJobsAsync((query ?? new()) with { States = [state] }, cancellationToken);
    }
}
