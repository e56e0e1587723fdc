namespace AsyncMQ;

/// <summary>Runs jobs of one type. Made anew for each job in a scope of its own, unless registered otherwise; its constructor may ask for services.</summary>
/// <typeparam name="TJob">The job's type.</typeparam>
public interface IJobHandler<in TJob>
    where TJob : IJob
{
    /// <summary>Runs one attempt. Returning completes the job; an exception fails the attempt.</summary>
    /// <param name="job">The job.</param>
    /// <param name="context">What is known of this attempt, and what may be said of it.</param>
    /// <param name="cancellationToken">Fires on cancel, timeout, a lost lease and host stop; <see cref="JobContext.CancellationReason"/> says which.</param>
    Task HandleAsync(TJob job, JobContext context, CancellationToken cancellationToken);
}

/// <summary>Runs jobs of one type that have a result.</summary>
/// <typeparam name="TJob">The job's type.</typeparam>
/// <typeparam name="TResult">The result's type; must be serialisable as JSON.</typeparam>
public interface IJobHandler<in TJob, TResult>
    where TJob : IJob<TResult>
{
    /// <summary>Runs one attempt. What it returns is stored as the job's result; an exception fails the attempt.</summary>
    /// <param name="job">The job.</param>
    /// <param name="context">What is known of this attempt, and what may be said of it.</param>
    /// <param name="cancellationToken">Fires on cancel, timeout, a lost lease and host stop; <see cref="JobContext.CancellationReason"/> says which.</param>
    Task<TResult> HandleAsync(TJob job, JobContext context, CancellationToken cancellationToken);
}
