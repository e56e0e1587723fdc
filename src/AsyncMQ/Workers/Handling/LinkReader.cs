using AsyncMQ.Storage;

namespace AsyncMQ.Workers;

/// <summary>Reads what a running job depends on, and its flow, when its handler asks. A job without links costs no call.</summary>
internal static class LinkReader
{
    public static async Task<DependencyResults> ReadDependenciesAsync(WorkerContext worker, JobRun run, CancellationToken cancellationToken)
    {
        if (!IsLinked(run))
            return DependencyResults.None;

        JobRecord own = await FindOwnAsync(worker, run, JobParts.Dependencies, cancellationToken).ConfigureAwait(false);
        if (own.Dependencies.Count == 0)
            return DependencyResults.None;

        JobRef[] jobs = [.. own.Dependencies.Select(dependency => dependency.Job)];
        IReadOnlyList<JobRecord?> found = await FindAsync(worker, jobs, JobParts.Result, cancellationToken).ConfigureAwait(false);
        return new([.. jobs.Zip(found, (job, record) => Describe(worker, job, record))]);
    }

    public static async Task<string?> ReadFlowIdAsync(WorkerContext worker, JobRun run, CancellationToken cancellationToken) =>
        IsLinked(run) ? (await FindOwnAsync(worker, run, JobParts.None, cancellationToken).ConfigureAwait(false)).Flow : null;

    private static bool IsLinked(JobRun run) => (run.Job.Flags & JobFlags.Linked) != 0;

    private static DependencyResult Describe(WorkerContext worker, JobRef job, JobRecord? record) => record is null
        ? DependencyResult.Gone(job)
        : new(job, record.Name, worker.Records.ResultOf(record));

    // Its record is gone while it runs: it was removed, and with it the claim.
    private static async Task<JobRecord> FindOwnAsync(WorkerContext worker, JobRun run, JobParts parts, CancellationToken cancellationToken)
    {
        if ((await FindAsync(worker, [run.Job.Ref], parts, cancellationToken).ConfigureAwait(false))[0] is { } own)
            return own;

        run.Cancel(JobCancellationReason.LeaseLost);
        throw new OperationCanceledException($"The claim of job {run.Job.Ref} is lost: the job was removed.");
    }

    private static Task<IReadOnlyList<JobRecord?>> FindAsync(WorkerContext worker, JobRef[] jobs, JobParts parts, CancellationToken cancellationToken) =>
        worker.Timeouts.ReadAsync(worker.Store, worker.Seams.Time, (store, token) => store.FindAsync(jobs, parts, token), cancellationToken);
}
