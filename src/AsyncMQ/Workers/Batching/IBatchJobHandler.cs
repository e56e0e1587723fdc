namespace AsyncMQ;

/// <summary>
/// Runs jobs of one type several at once, for work that is cheaper in bulk. Made anew for each batch in a scope of its own, unless registered otherwise;
/// registered by <see cref="AsyncMQBuilder.AddBatchHandler{TJob, THandler}"/>.
/// </summary>
/// <typeparam name="TJob">The jobs' type.</typeparam>
public interface IBatchJobHandler<TJob>
    where TJob : IJob
{
    /// <summary>
    /// Runs one attempt of each job and says of each what became of it. What it says counts when it returns, or throws. A job of which it has said nothing
    /// fails: with the exception, if one is thrown.
    /// </summary>
    /// <param name="batch">The jobs, in no particular order.</param>
    /// <param name="cancellationToken">Fires when the tokens of all jobs of the batch have: on timeout, a lost lease, host stop, or when each was cancelled.</param>
    Task HandleAsync(JobBatch<TJob> batch, CancellationToken cancellationToken);
}

/// <summary>Runs jobs of one type that have results, several at once; see <see cref="IBatchJobHandler{TJob}"/>.</summary>
/// <typeparam name="TJob">The jobs' type.</typeparam>
/// <typeparam name="TResult">The results' type; must be serialisable as JSON.</typeparam>
public interface IBatchJobHandler<TJob, TResult>
    where TJob : IJob<TResult>
{
    /// <summary>
    /// Runs one attempt of each job and says of each what became of it. What it says counts when it returns, or throws. A job of which it has said nothing
    /// fails: with the exception, if one is thrown.
    /// </summary>
    /// <param name="batch">The jobs, in no particular order.</param>
    /// <param name="cancellationToken">Fires when the tokens of all jobs of the batch have: on timeout, a lost lease, host stop, or when each was cancelled.</param>
    Task HandleAsync(JobBatch<TJob, TResult> batch, CancellationToken cancellationToken);
}
