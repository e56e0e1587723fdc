namespace AsyncMQ;

/// <summary>
/// The way in: adds jobs to their own queues, and flows, gives queues by name, tells what happens, and who works. One per installation; use it from any
/// number of threads.
/// </summary>
public interface IJobClient : IJobProducer, IJobFlows, IJobEvents, IJobWorkers
{
    /// <summary>A queue by name; it need not exist yet.</summary>
    /// <exception cref="ArgumentException">The name breaks a rule: 1 to 128 bytes of UTF-8, no white space, no control characters.</exception>
    IJobQueue GetQueue(string name);

    /// <summary>The names of the queues that hold or held jobs or settings, and of those that live workers work, in ordinal order.</summary>
    Task<IReadOnlyList<string>> GetQueuesAsync(CancellationToken cancellationToken = default);
}
