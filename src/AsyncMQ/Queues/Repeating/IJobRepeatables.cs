namespace AsyncMQ;

/// <summary>
/// Jobs of a queue that run again and again. A repeatable is kept in the store: any process with a worker, whatever its queues, adds its jobs when they are
/// due, and all of them together add each only once. Its jobs have ids of its own and its time, and are like any other.
/// </summary>
/// <remarks>
/// All methods throw <see cref="ArgumentException"/> for input that breaks a rule, and <see cref="AddRefusedException"/> while the queue is being
/// obliterated. Where there is no repeatable of the id, nothing changes and the answer says so: false, null, or nothing.
/// </remarks>
public interface IJobRepeatables
{
    /// <summary>
    /// Creates a repeatable, or changes the one of that id, which stays the same one: it keeps its run count, its history, what its interval is counted
    /// from, and its pause unless told otherwise. Where its times stay the same, the next one does too. One that is as it should be is not written.
    /// </summary>
    /// <param name="id">Its id, unique in the queue: 1 to 200 bytes of UTF-8 without control characters, not beginning with <c>@</c>.</param>
    /// <param name="schedule">When.</param>
    /// <param name="job">Which job. Its options may not have an id, a delay or a time.</param>
    /// <param name="paused">True: it does not run until it is resumed. False: it runs. Null: as it is, a new one runs.</param>
    /// <param name="cancellationToken">Abandons the wait.</param>
    /// <returns>Its next time; null when it has had all its runs.</returns>
    /// <exception cref="ArgumentException">Something breaks a rule, or the schedule would never run from now on.</exception>
    /// <exception cref="PayloadTooLargeException">The job is over the payload limit.</exception>
    Task<DateTimeOffset?> UpsertRepeatableAsync(string id, Schedule schedule, JobSpec job, bool? paused = null, CancellationToken cancellationToken = default);

    /// <summary>The queue's repeatables, in ordinal order of their ids.</summary>
    Task<IReadOnlyList<RepeatableInfo>> GetRepeatablesAsync(CancellationToken cancellationToken = default);

    /// <summary>One repeatable; null when there is none of that id.</summary>
    Task<RepeatableInfo?> GetRepeatableAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Adds no more jobs of it until it is resumed. Its jobs stay as they are.</summary>
    /// <returns>False when there is none of that id.</returns>
    Task<bool> PauseRepeatableAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Lets it run again, from its next time from now on. What came due meanwhile is not made up for.</summary>
    /// <returns>False when there is none of that id.</returns>
    /// <exception cref="InvalidOperationException">It is paused and cannot be read by this version.</exception>
    Task<bool> ResumeRepeatableAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Removes it with its history. Its jobs stay.</summary>
    /// <returns>False when there is none of that id.</returns>
    Task<bool> RemoveRepeatableAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Adds a job of it now: also while it is paused, or its last job runs. Neither its next time nor its run count changes.</summary>
    /// <returns>The job that stands for it; null when there is no repeatable of that id.</returns>
    /// <exception cref="InvalidOperationException">It cannot be read by this version.</exception>
    Task<JobHandle?> TriggerRepeatableAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Its last occurrences, latest first, with what became of them; those of the last 50 are kept. Empty when there is none of that id.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="take">The most, 1 to 50.</param>
    /// <param name="cancellationToken">Abandons the wait.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="take"/> is out of its range.</exception>
    Task<IReadOnlyList<RepeatableRun>> GetRepeatableHistoryAsync(string id, int take = 50, CancellationToken cancellationToken = default);

    /// <summary>
    /// Repeats a job in this process only, while its workers work the queue: nothing of it is kept, it is counted by the process's clock from the start of the
    /// workers or from now, and every process that says the same adds jobs of its own. An add that fails is tried again.
    /// </summary>
    /// <param name="id">Its id, unique among the local ones of the queue in this process.</param>
    /// <param name="schedule">When.</param>
    /// <param name="job">Which job. Its options may not have an id, a delay or a time.</param>
    /// <returns>Dispose it to end it.</returns>
    /// <exception cref="ArgumentException">Something breaks a rule, or there is one of that id.</exception>
    /// <exception cref="ObjectDisposedException">The host was disposed.</exception>
    IDisposable AddLocalRepeatable(string id, Schedule schedule, JobSpec job);
}
