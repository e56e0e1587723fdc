namespace AsyncMQ;

/// <summary>Waiting for a job ended, but not with its result: it failed, expired, was cancelled or removed; or its result was asked for too early.</summary>
public sealed class JobNotCompletedException : Exception
{
    internal JobNotCompletedException(JobRef job, JobState? state, JobError? error)
        : base(Describe(job, state, error))
    {
        Job = job;
        State = state;
        Error = error;
    }

    /// <summary>The job.</summary>
    public JobRef Job { get; }

    /// <summary>Its state; null: there is no such job, because its record was removed, by hand or by retention, or it was never added.</summary>
    public JobState? State { get; }

    /// <summary>Its last error; null: none.</summary>
    public JobError? Error { get; }

    private static string Describe(JobRef job, JobState? state, JobError? error) => state switch
    {
        null => $"There is no job {job}: it was removed, by hand or by retention, before its result was read, or it was never added.",
        JobState.Failed => $"Job {job} failed: {error?.Type}: {error?.Message}",
        JobState.Expired => $"Job {job} expired: its time-to-live ran out before it could start.",
        JobState.Cancelled => $"Job {job} was cancelled.",
        _ => $"Job {job} has no result yet: it is {state}.",
    };
}

/// <summary>
/// It cannot be known whether an add took effect: the store did not answer in time. Adding again with the ids of <see cref="Jobs"/>, as
/// <see cref="JobOptions.JobId"/>, is safe while those jobs' records are kept. A bulk whose jobs have no ids gets new ones when it is added again.
/// </summary>
public sealed class AddOutcomeUnknownException(IReadOnlyList<JobRef> jobs, Exception? innerException)
    : Exception(
        $"It is not known whether the add of {(jobs.Count == 1 ? $"job {jobs[0]}" : $"{jobs.Count} jobs, the first {jobs[0]},")} took effect: the store did not answer in time. "
        + "Look the job up, or add it again with the same id.",
        innerException)
{
    /// <summary>The jobs whose fate is not known.</summary>
    public IReadOnlyList<JobRef> Jobs { get; } = jobs;
}

/// <summary>An add was refused whole; nothing of it was written.</summary>
public sealed class AddRefusedException(string message) : Exception(message);

/// <summary>
/// <see cref="JobContext.CompleteInAsync(System.Data.Common.DbTransaction, CancellationToken)"/> found the job completed by another attempt's transaction. It
/// is completed, whatever this attempt says; roll its transaction back.
/// </summary>
public sealed class JobAlreadyCompletedException : Exception
{
    internal JobAlreadyCompletedException(JobRef job)
        : base($"Job {job} was completed by the transaction of another attempt; this one's must be rolled back.") => Job = job;

    /// <summary>The job.</summary>
    public JobRef Job { get; }
}

/// <summary>Thrown by a handler: the job fails at once, whatever attempts are left.</summary>
/// <param name="message">Why.</param>
/// <param name="innerException">What caused it; null: nothing.</param>
public sealed class UnrecoverableJobException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>Thrown by a handler: the job is put back and runs again after the delay; the attempt is not counted, and the job does not fail by it.</summary>
public sealed class RetryJobException : Exception
{
    /// <summary>Puts the job back.</summary>
    /// <param name="delay">How long to wait; zero: at once, behind its equals.</param>
    /// <param name="message">Why; kept with the attempt.</param>
    /// <exception cref="ArgumentOutOfRangeException">The delay is negative, or longer than 100 years.</exception>
    public RetryJobException(TimeSpan delay, string? message = null)
        : base(message ?? "The handler put the job back.") => Delay = Jobs.Times.RequireDelay(delay, "The delay of a put-back job")!.Value;

    /// <summary>How long to wait.</summary>
    public TimeSpan Delay { get; }
}

/// <summary>What a handler that was told to come later holds back.</summary>
public enum RateLimitScope
{
    /// <summary>The jobs of the job's key (<see cref="JobOptions.Key"/>); of a job without one, its queue.</summary>
    Key = 0,

    /// <summary>The jobs of its queue.</summary>
    Queue = 1,
}

/// <summary>
/// Thrown by a handler that was told to come later, as by a 429 of a service: the job keeps its place and its attempt, and none of its key, or of its queue,
/// starts in any process before the time is over.
/// </summary>
public sealed class RateLimitedException : Exception
{
    /// <summary>Holds back the key or the queue.</summary>
    /// <param name="retryAfter">For how long.</param>
    /// <param name="scope">The key, which is the default, or the whole queue.</param>
    /// <param name="message">Why, for a unit test of the handler; it is not kept.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is not positive, or longer than 100 years; or there is no such scope.</exception>
    public RateLimitedException(TimeSpan retryAfter, RateLimitScope scope = RateLimitScope.Key, string? message = null)
        : base(message ?? $"The handler was told to come again after {retryAfter}.")
    {
        RetryAfter = Jobs.Times.RequireSpan(retryAfter, "The time after which to come again")!.Value;
        Scope = Enum.IsDefined(scope) ? scope : throw new ArgumentOutOfRangeException(nameof(scope), scope, $"The scope must be Key or Queue, but was {(int)scope}.");
    }

    /// <summary>For how long.</summary>
    public TimeSpan RetryAfter { get; }

    /// <summary>What is held back.</summary>
    public RateLimitScope Scope { get; }
}
