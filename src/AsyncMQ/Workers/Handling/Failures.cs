using AsyncMQ.Diagnostics;
using AsyncMQ.Jobs;
using AsyncMQ.Storage;

namespace AsyncMQ.Workers;

/// <summary>What an exception in an attempt means for the job.</summary>
internal static class Failures
{
    /// <summary>The settlement; null when the claim is lost and nothing may be said.</summary>
    public static Settlement? Settle(JobRun run, JobPolicy policy, WorkerContext worker, Exception exception)
    {
        ClaimedJob job = run.Job;
        switch (run.Reason)
        {
            case JobCancellationReason.LeaseLost:
                return null;
            case JobCancellationReason.HostStopping when exception is not (UnrecoverableJobException or RetryJobException or RateLimitedException):
                return Make(job, SettlementKind.HandBack); // many a client wraps the cancellation in an exception of its own
            case JobCancellationReason.Cancelled when exception is OperationCanceledException:
                return Make(job, SettlementKind.HandBack); // the store ends it as cancelled
            case JobCancellationReason.Timeout when exception is OperationCanceledException:
                exception = new TimeoutException($"The attempt ran longer than its timeout of {policy.Timeout}.", exception);
                break;
        }

        if (exception is RetryJobException putBack)
            return Make(job, SettlementKind.PutBack, worker.Pack(job, JobError.Of(exception)), putBack.Delay);

        if (exception is RateLimitedException limited)
            return Make(job, limited.Scope == RateLimitScope.Queue ? SettlementKind.HoldQueue : SettlementKind.HoldKey, delay: limited.RetryAfter);

        JobError error = JobError.Of(exception);
        if (exception is UnrecoverableJobException || job.Attempt > policy.Retries.GetValueOrDefault())
        {
            Log.JobFailed(worker.Logger, job.Ref, job.Name, job.Attempt, Describe(error));
            return Make(job, SettlementKind.Fail, worker.Pack(job, error));
        }

        TimeSpan delay = (policy.Backoff ?? Backoff.Default).DelayAfter(job.Attempt, worker.Seams.Random.NextDouble());
        Log.JobRetries(worker.Logger, job.Ref, job.Name, job.Attempt, delay, Describe(error));
        return Make(job, SettlementKind.Retry, worker.Pack(job, error), delay);
    }

    /// <summary>The settlement of a job that was cancelled before its handler started; null when the claim is lost.</summary>
    public static Settlement? SettleUnstarted(JobRun run) =>
        run.Reason == JobCancellationReason.LeaseLost ? null : Make(run.Job, SettlementKind.HandBack);

    // Without the stack: that is stored with the attempt.
    private static string Describe(JobError error) => $"{error.Type}: {error.Message}";

    private static Settlement Make(ClaimedJob job, SettlementKind kind, ReadOnlyMemory<byte> data = default, TimeSpan delay = default) =>
        new(job.Ref, job.Handle, job.Token, job.Flags, kind, data, delay);
}
