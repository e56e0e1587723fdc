using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AsyncMQ.Conformance.Working;

/// <summary>Clients and workers on the store under test.</summary>
public static class Hosts
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>A host with its workers started.</summary>
    public static Task<AsyncMQHost> Start(this StoreDriver store, Action<AsyncMQBuilder> configure) => store.Start(new BorrowedStore(store.Store), configure);

    /// <summary>A host with its workers started, on this store seen through another.</summary>
    public static async Task<AsyncMQHost> Start(this StoreDriver store, BorrowedStore through, Action<AsyncMQBuilder> configure)
    {
        AsyncMQHost mq = store.Host(through, configure);
        await mq.StartAsync();
        return mq;
    }

    public static AsyncMQBuilder LogTo(this AsyncMQBuilder mq, LogLines lines)
    {
        mq.Services.AddLogging(logging => logging.AddProvider(lines));
        return mq;
    }

    /// <summary>A worker that looks for work only when told, so that a test shows what wakes it.</summary>
    public static AsyncMQBuilder AddSleepyWorker(this AsyncMQBuilder mq, string queue = DefaultQueue, int concurrency = 16) => mq.AddWorker(queue, worker =>
    {
        worker.Concurrency = concurrency;
        worker.PollInterval = TimeSpan.FromHours(1);
    });

    /// <summary>Waits until something is so; fails the test when it takes too long.</summary>
    public static Task Until(Func<bool> isSo) => Clients.Until(() => Task.FromResult(isSo()));

    /// <summary>Waits until a job is in a state.</summary>
    public static Task Until(this StoreDriver store, JobRef job, JobState state) =>
        Clients.Until(async () => await store.StateOf(job.Id, job.Queue) == state);

    /// <summary>Waits until so many jobs of a queue are in a state.</summary>
    public static Task Until(this StoreDriver store, long count, JobState state, string queue = DefaultQueue) =>
        Clients.Until(async () => await store.Count(state, queue) == count);

    /// <summary>Waits for a job that must not complete.</summary>
    public static Task<JobNotCompletedException> EndsOtherwise(this JobHandle job) =>
        Assert.ThrowsAsync<JobNotCompletedException>(() => job.WaitAsync().WaitAsync(Patience));

    /// <summary>Waits for a job, but not for ever.</summary>
    public static Task<JobResult> Ends(this JobHandle job) => job.WaitAsync().WaitAsync(Patience);

    /// <summary>Adds so many jobs of a name, with ids "job-0" and so on, as one bulk.</summary>
    public static Task<IReadOnlyList<JobHandle>> AddMany(this AsyncMQHost mq, int count, string name = "work", string queue = DefaultQueue, string prefix = "job") =>
        mq.Queue(queue).AddBulkAsync([.. Enumerable.Range(0, count).Select(i => JobSpec.Of(name, [i], new() { JobId = $"{prefix}-{i}" }))]);

    /// <summary>The session of a host's workers.</summary>
    public static async Task<SessionRecord> WorkerSession(this StoreDriver store) => Assert.Single(await store.Store.SessionsAsync(default));
}
