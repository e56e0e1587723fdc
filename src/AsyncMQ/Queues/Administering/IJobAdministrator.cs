using AsyncMQ.Jobs;
using AsyncMQ.Storage;

namespace AsyncMQ;

/// <summary>
/// Changes the jobs of a queue, and the queue. What each operation does to a job in each state is one table: docs/operations.md.
/// </summary>
/// <remarks>
/// An operation over a <see cref="JobQuery"/> is a loop of small atomic steps, cut off at the store's time of the call: jobs added or ended meanwhile are
/// not touched. It can be cancelled between steps; called again, it goes on with what is left. <c>progress</c> receives the ids of each
/// step as it is done.
/// </remarks>
public interface IJobAdministrator
{
    /// <summary>Stops new claims from the queue at once, in every process; running jobs finish. Adding goes on. Repeatable; the latest word stands.</summary>
    /// <param name="pause">Who, why and for how long; null: until resumed.</param>
    /// <param name="cancellationToken">Abandons the wait.</param>
    Task PauseAsync(QueuePause? pause = null, CancellationToken cancellationToken = default);

    /// <summary>Lets the queue be worked again; idle workers are woken.</summary>
    Task ResumeAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Sets what bounds the queue's jobs, over all workers and processes, in place of the limits it had. Kept in the store; takes effect with the next claim;
    /// running jobs go on.
    /// </summary>
    /// <param name="limits">The limits; null: none.</param>
    /// <param name="cancellationToken">Abandons the wait.</param>
    Task SetLimitsAsync(QueueLimits? limits, CancellationToken cancellationToken = default);

    /// <summary>Sets one key's own limits, in place of the queue's <see cref="QueueLimits.PerKey"/>. As <see cref="SetLimitsAsync"/> otherwise.</summary>
    /// <param name="key">The key, as in <see cref="JobOptions.Key"/>.</param>
    /// <param name="limits">The limits, an empty record for none at all; null: the queue's hold for it again.</param>
    /// <param name="cancellationToken">Abandons the wait.</param>
    /// <exception cref="ArgumentException">The key breaks a rule.</exception>
    Task SetKeyLimitsAsync(string key, KeyLimits? limits, CancellationToken cancellationToken = default);

    /// <summary>Starts none of the queue's jobs for a time, as a handler does that throws <see cref="RateLimitedException"/>. The latest word stands.</summary>
    /// <param name="time">For how long; zero: from now on it gives jobs again.</param>
    /// <param name="cancellationToken">Abandons the wait.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative, or longer than 100 years.</exception>
    Task HoldAsync(TimeSpan time, CancellationToken cancellationToken = default);

    /// <summary>As <see cref="HoldAsync"/>, for the jobs of one key.</summary>
    /// <param name="key">The key, as in <see cref="JobOptions.Key"/>.</param>
    /// <param name="time">For how long; zero: from now on it gives jobs again.</param>
    /// <param name="cancellationToken">Abandons the wait.</param>
    /// <exception cref="ArgumentException">The key breaks a rule.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative, or longer than 100 years.</exception>
    Task HoldKeyAsync(string key, TimeSpan time, CancellationToken cancellationToken = default);

    /// <summary>Removes a job with everything that belongs to it, in any state. A running handler loses its claim: its token fires, its end changes nothing.</summary>
    Task<JobChangeReply> RemoveJobAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Removes a job if it is delayed.</summary>
    /// <returns>False when there is no such job, or it is not delayed; nothing changed.</returns>
    Task<bool> RemoveDelayedAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Runs a failed, expired or cancelled job again, with all its attempts and a new time-to-live.</summary>
    Task<JobChangeReply> RetryJobAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Cancels a job that has not ended: at once when it is not running; a running one is asked to stop, and ends as cancelled whatever it does.</summary>
    Task<JobChangeReply> CancelJobAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>
    /// Makes a delayed job waiting now. Releases one that waits for others when nobody but a person can: each of those it still waits for has ended without
    /// completing, or is gone (<see cref="OnDependencyFailure.Wait"/>); its delay counts from now. While one of them may yet complete: WrongState.
    /// </summary>
    Task<JobChangeReply> PromoteJobAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Gives a waiting or delayed job a new time to start, from now.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The delay is negative, or longer than 100 years.</exception>
    Task<JobChangeReply> RescheduleJobAsync(string id, TimeSpan delay, CancellationToken cancellationToken = default);

    /// <summary>Gives a waiting or delayed job a new time to start; in the past: at once.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is after the year 2200.</exception>
    Task<JobChangeReply> RescheduleJobAsync(string id, DateTimeOffset runAt, CancellationToken cancellationToken = default);

    /// <summary>Removes the jobs of a query, running ones only when <see cref="JobState.Active"/> is asked for by name.</summary>
    /// <returns>How many were removed.</returns>
    Task<long> RemoveAsync(JobQuery query, IProgress<ChangedJobs>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>Runs the failed, expired and cancelled jobs of a query again, of each state in the order in which they ended.</summary>
    /// <returns>How many will run again.</returns>
    Task<long> RetryAsync(JobQuery query, IProgress<ChangedJobs>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>Cancels the jobs of a query that have not ended.</summary>
    /// <returns>How many were cancelled or asked to stop.</returns>
    Task<long> CancelAsync(JobQuery query, IProgress<ChangedJobs>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Makes the delayed jobs of a query waiting now; where <see cref="JobState.WaitingChildren"/> is asked for by name, also releases those that only a
    /// person can, as <see cref="PromoteJobAsync"/> does.
    /// </summary>
    /// <returns>How many.</returns>
    Task<long> PromoteAsync(JobQuery query, IProgress<ChangedJobs>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>Removes the waiting jobs, and the delayed ones when asked; not running ones, nor those that wait for others.</summary>
    /// <returns>How many were removed.</returns>
    Task<long> DrainAsync(bool includeDelayed = false, IProgress<ChangedJobs>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Removes jobs of one state that ended (those in a final state, oldest first) or were added (the others, in their state's order) at least
    /// <paramref name="grace"/> ago.
    /// </summary>
    /// <param name="state">The state; not <see cref="JobState.Active"/>.</param>
    /// <param name="grace">The least age; zero by default.</param>
    /// <param name="limit">The most jobs to remove; null: all.</param>
    /// <param name="progress">Receives the ids of each step.</param>
    /// <param name="cancellationToken">Stops between steps.</param>
    /// <returns>How many were removed.</returns>
    /// <exception cref="ArgumentException">The state is active, or none.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The grace or the limit is negative.</exception>
    Task<long> CleanAsync(
        JobState state, TimeSpan grace = default, int? limit = null, IProgress<ChangedJobs>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>Removes the queue with all its jobs and settings. Closed first, so that nothing is added meanwhile; stopped half-way, call it again.</summary>
    /// <param name="force">Also while jobs run: their handlers lose their claims.</param>
    /// <param name="progress">Receives the ids of each step.</param>
    /// <param name="cancellationToken">Stops between steps; the queue stays closed.</param>
    /// <returns>How many were removed.</returns>
    /// <exception cref="QueueNotEmptyException">Jobs run, and <paramref name="force"/> is not set; nothing was removed.</exception>
    Task<long> ObliterateAsync(bool force = false, IProgress<ChangedJobs>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>Frees a deduplication id: the next add with it is created. The jobs stay; one kept to follow its active owner is added at once.</summary>
    /// <returns>True when somebody held it.</returns>
    Task<bool> RemoveDeduplicationKeyAsync(string deduplicationId, CancellationToken cancellationToken = default);
}

/// <summary>What one step of an operation over many jobs did.</summary>
/// <param name="Ids">The jobs changed in this step.</param>
/// <param name="Total">How many were changed so far.</param>
public sealed record ChangedJobs(IReadOnlyList<string> Ids, long Total);

/// <summary>What to keep of a pause, for people, and how long it lasts.</summary>
public sealed record QueuePause
{
    private const int LongestText = 1_000;

    /// <summary>Who paused it; of a longer text 1 000 characters are kept. Null: not said.</summary>
    /// <exception cref="ArgumentException">The text has a lone surrogate.</exception>
    public string? By { get; init => field = value is null ? null : WellFormed.Cut(WellFormed.Require(value, "Who paused the queue"), LongestText); }

    /// <summary>Why; of a longer text 1 000 characters are kept. Null: not said.</summary>
    /// <exception cref="ArgumentException">The text has a lone surrogate.</exception>
    public string? Why { get; init => field = value is null ? null : WellFormed.Cut(WellFormed.Require(value, "The reason of a pause"), LongestText); }

    /// <summary>How long, by the store's clock; then the queue is worked again by itself. Null: until resumed.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive, or longer than 100 years.</exception>
    public TimeSpan? For { get; init => field = Times.RequireSpan(value, "A pause"); }
}

/// <summary>The queue has running jobs; nothing was removed. Wait for them, cancel them, or force it.</summary>
/// <param name="queue">The queue.</param>
public sealed class QueueNotEmptyException(string queue)
    : InvalidOperationException($"Queue '{queue}' has running jobs; nothing was removed. Wait for them, cancel them, or obliterate with force.");

/// <summary>A pause that is on.</summary>
/// <param name="By">Who paused the queue; null: not said.</param>
/// <param name="Why">Why; null: not said.</param>
/// <param name="At">Since when, by the store's clock.</param>
/// <param name="Until">Until when; null: until resumed.</param>
public sealed record PauseInfo(string? By, string? Why, DateTimeOffset At, DateTimeOffset? Until);
