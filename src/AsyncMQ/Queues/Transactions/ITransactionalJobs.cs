namespace AsyncMQ;

/// <summary>
/// Adds jobs and flows inside a transaction of the caller's, see <see cref="IJobClient.Within"/>: they exist exactly if it commits. What is checked before
/// anything is written is checked at once; the rest (ids that are taken, deduplication, dependencies) when the store takes them in, right after the commit.
/// So each handle's outcome is <see cref="AddOutcome.Deferred"/>, and an add that the store refuses then becomes failed jobs that say why.
/// </summary>
/// <remarks>
/// Used by one thread at a time, as the transaction is. Of the errors that <see cref="IJobProducer"/> names, <see cref="AddRefusedException"/> and
/// <see cref="AddOutcomeUnknownException"/> do not occur: what could not be written throws <see cref="Storage.StoreException"/>, and the transaction should be
/// rolled back.
/// </remarks>
public interface ITransactionalJobs : IJobProducer
{
    /// <summary>Adds a flow, as <see cref="IJobFlows.AddFlowAsync"/> does. One whose id is taken by then adds nothing.</summary>
    Task<FlowHandle> AddFlowAsync(Flow flow, CancellationToken cancellationToken = default);

    /// <summary>Adds jobs to a flow that is there, as <see cref="IJobFlows.AddToFlowAsync"/> does.</summary>
    Task<FlowHandle> AddToFlowAsync(Flow flow, CancellationToken cancellationToken = default);
}
