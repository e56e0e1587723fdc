namespace AsyncMQ.Storage;

/// <summary>
/// The one rule of dependencies, for stores whose step runs in .NET; others write the same in their language and prove it in the conformance suite.
/// </summary>
/// <remarks>
/// <para><b>At the add</b> each dependency is looked up, as <see cref="Decide"/> says of its state: an open one holds the job back in waiting-children.
/// A tombstone speaks for its job. A job without open dependencies is stored as if it had none; one that fails at the add is stored as failed.</para>
/// <para><b>At the end of a job</b> that others depend on (any way out: settled, recovered, expired, cancelled, removed) the same is decided for each of
/// its open dependents. It goes on a list of effects with the outcome that it spreads, worked off in the order of the list, at most 1 000 dependents a
/// step, by every Add, Exchange, Recover, Close, AdministerJobs, Tick and Maintain, each before it answers (an Exchange before it claims).</para>
/// <para><b>Release.</b> When its last open dependency is decided, the job becomes waiting with a new sequence, or delayed: a delay and a time-to-live
/// count from then.</para>
/// <para><b>A manual retry of a dependent</b> decides anew on each dependency that is not satisfied: open ones hold it back, and it is refused with
/// <see cref="JobChangeOutcome.DependencyFailed"/> when one would fail it. A retry of a dependency takes back what of its end has not been spread.</para>
/// </remarks>
public static class DependencyRules
{
    /// <summary>How a job stands to a dependency in this state.</summary>
    /// <param name="dependency">The dependency's state; null: it was removed.</param>
    /// <param name="policy">The dependent's policy.</param>
    /// <returns>Broken means: under <see cref="OnDependencyFailure.Fail"/> the dependent fails, under Continue it goes on without.</returns>
    public static DependencyStatus Decide(JobState? dependency, OnDependencyFailure policy) => dependency switch
    {
        JobState.Completed => DependencyStatus.Satisfied,
        { } state when !state.IsFinal() => DependencyStatus.Open,
        _ => policy == OnDependencyFailure.Wait ? DependencyStatus.Open : DependencyStatus.Broken,
    };

    /// <summary>The error of a dependent that fails because a dependency did not complete, as the store keeps it.</summary>
    /// <param name="dependency">The dependency.</param>
    /// <param name="outcome">How it ended; null: it was removed.</param>
    public static ReadOnlyMemory<byte> ErrorOf(JobRef dependency, JobState? outcome) =>
        new JobError("DependencyFailed", $"Job {dependency}, which this job depends on, {Describe(outcome)}.", null).Pack();

    private static string Describe(JobState? outcome) => outcome switch
    {
        JobState.Failed => "failed",
        JobState.Expired => "expired",
        JobState.Cancelled => "was cancelled",
        _ => "was removed before it completed",
    };
}
