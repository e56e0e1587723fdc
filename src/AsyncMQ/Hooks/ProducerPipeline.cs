using AsyncMQ.Queues;

namespace AsyncMQ.Hooks;

/// <summary>The producer middleware of an installation, asked in order.</summary>
/// <param name="make">Makes them, when the first job is added: they may ask for the client, which is made before.</param>
internal sealed class ProducerPipeline(Func<IReadOnlyList<IProducerMiddleware>> make)
{
    private readonly Lazy<IReadOnlyList<IProducerMiddleware>> all = new(make);

    /// <param name="job">The job.</param>
    /// <param name="queue">The queue it is added through; null: through a client.</param>
    /// <exception cref="InvalidOperationException">One of them returned null.</exception>
    public JobSpec Run(JobSpec job, string? queue)
    {
        foreach (IProducerMiddleware middleware in all.Value)
        {
            job = middleware.OnAdding(job, queue ?? OwnQueueOf(job))
                ?? throw new InvalidOperationException($"The producer middleware {middleware.GetType().Name} returned null instead of a job. To refuse an add, throw.");
        }

        return job;
    }

    private static string OwnQueueOf(JobSpec job) => job.Queue ?? (job.Job is { } typed ? JobFactory.AttributeOf(typed.GetType()).Queue : null) ?? JobFactory.DefaultQueue;
}
