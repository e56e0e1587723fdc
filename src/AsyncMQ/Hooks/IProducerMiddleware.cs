namespace AsyncMQ;

/// <summary>
/// Sees each job before it is added: one by one, in bulk, in a flow, as a raw document, and that of a repeatable when the repeatable is created or changed.
/// The first one registered sees it first. One that is registered as a type is made once, when the first job is added.
/// </summary>
public interface IProducerMiddleware
{
    /// <summary>
    /// Decides what is added in place of a job. Called on the adder's own thread, maybe several times at once. An exception refuses the add, with all that was
    /// to be added together with it; nothing is written.
    /// </summary>
    /// <param name="job">The job. Its options are changed with <c>job with { Options = job.Options with { … } }</c>.</param>
    /// <param name="queue">The queue that it goes to, as it stands.</param>
    /// <returns>The job to add: the one given, or another.</returns>
    JobSpec OnAdding(JobSpec job, string queue);
}
