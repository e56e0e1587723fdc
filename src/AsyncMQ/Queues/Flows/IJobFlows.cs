namespace AsyncMQ;

/// <summary>Adds flows, looks at them, and changes them whole. What an operation does to a job in each state is one table: docs/operations.md.</summary>
/// <remarks>
/// An operation over a flow is a loop of atomic steps of at most 1 000 jobs, in an order in which no job is met by the change of another one. It can be
/// cancelled between steps; called again, it goes on with what is left. Jobs outside of the flow that depend on its jobs see each of them end or go as ever.
/// A flow is there as long as one of its jobs is on record.
/// </remarks>
public interface IJobFlows
{
    /// <summary>
    /// Adds a flow as one atomic group: all its jobs are stored, or none. Where a flow with its id is there already, nothing is written and it is answered
    /// Duplicate: so adding it again is safe, also when it is not known whether the first try took effect.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// It has no job, a cycle (the message names it), an id twice, more than 10 000 jobs or 100 000 edges, a job with more than 1 000 dependencies, or a job
    /// that could not be added; nothing was written.
    /// </exception>
    /// <exception cref="PayloadTooLargeException">It is over 16 MiB, or one of its jobs is over the payload limit; nothing was written.</exception>
    /// <exception cref="AddRefusedException">A job outside of the flow that one of it depends on does not exist, the id of one of its jobs is taken, or a
    /// queue is being obliterated; nothing was written.</exception>
    /// <exception cref="AddOutcomeUnknownException">The store does not answer.</exception>
    Task<FlowHandle> AddFlowAsync(Flow flow, CancellationToken cancellationToken = default);

    /// <summary>
    /// Adds the jobs of a flow to the one that is there under the same id, as one atomic group. They may depend on jobs of it by
    /// <see cref="JobOptions.DependsOn"/>. A handler may add to its own flow (<see cref="JobContext.GetFlowIdAsync"/>) while it runs, and let jobs depend on
    /// its own. Give them ids (<see cref="JobOptions.JobId"/>): a job that was added to this flow before under its id is then not added again, so that a
    /// handler that is run twice adds them once.
    /// </summary>
    /// <exception cref="ArgumentException">As for <see cref="AddFlowAsync"/>.</exception>
    /// <exception cref="PayloadTooLargeException">As for <see cref="AddFlowAsync"/>.</exception>
    /// <exception cref="AddRefusedException">As for <see cref="AddFlowAsync"/>, or there is no such flow; nothing was written.</exception>
    /// <exception cref="AddOutcomeUnknownException">The store does not answer.</exception>
    Task<FlowHandle> AddToFlowAsync(Flow flow, CancellationToken cancellationToken = default);

    /// <summary>A flow with all its jobs, what they depend on, and what holds them back. Read page by page: a job may move on meanwhile.</summary>
    /// <returns>Null when none of its jobs is on record.</returns>
    Task<FlowInfo?> GetFlowAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>One page of flows, latest first.</summary>
    /// <exception cref="ArgumentException"><see cref="FlowQuery.After"/> is not where a page ended.</exception>
    Task<FlowPage> GetFlowsAsync(FlowQuery? query = null, CancellationToken cancellationToken = default);

    /// <summary>Cancels the jobs of a flow that have not ended, dependents first; running ones are asked to stop. Jobs added to it meanwhile are not touched.</summary>
    /// <returns>How many were cancelled or asked to stop; 0 when there is no such flow.</returns>
    Task<long> CancelFlowAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>
    /// Runs the failed, expired and cancelled jobs of a flow again, dependencies first, so that those that come after them wait for them again. What
    /// completed is not run again. A job whose dependency outside of the flow did not complete stays as it is
    /// (<see cref="JobChangeOutcome.DependencyFailed"/>).
    /// </summary>
    /// <returns>How many will run again; 0 when there is no such flow.</returns>
    Task<long> RetryFlowAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>
    /// Removes a flow with all its jobs, dependents first, so that none of them is seen to fail; running handlers lose their claims. The ids are free again.
    /// </summary>
    /// <returns>How many jobs were removed; 0 when there is no such flow.</returns>
    Task<long> RemoveFlowAsync(string id, CancellationToken cancellationToken = default);
}
