using System.Text;

namespace AsyncMQ.Conformance.Driving;

/// <summary>The public API on the store under test.</summary>
public static class Clients
{
    /// <summary>A host that produces on this store, and leaves it open.</summary>
    public static AsyncMQHost Host(this StoreDriver store, Action<AsyncMQBuilder>? configure = null) => store.Host(new BorrowedStore(store.Store), configure);

    /// <summary>A host that produces on this store through another one.</summary>
    public static AsyncMQHost Host(this StoreDriver _, BorrowedStore through, Action<AsyncMQBuilder>? configure = null) => AsyncMQHost.Create(mq =>
    {
        mq.UseStore(_ => through);
        configure?.Invoke(mq);
    });

    /// <summary>The queue that everything goes to that says nothing else.</summary>
    public static IJobQueue Queue(this AsyncMQHost mq, string name = DefaultQueue) => mq.Client.GetQueue(name);

    /// <summary>A job that must be there, with everything that is kept of it.</summary>
    public static async Task<JobInfo> Get(this AsyncMQHost mq, JobRef job)
    {
        JobInfo? info = await mq.Queue(job.Queue).GetJobAsync(job.Id);
        Assert.True(info is not null, $"There is no job {job}.");
        return info;
    }

    /// <summary>A repeatable that must be there.</summary>
    public static async Task<RepeatableInfo> Repeatable(this AsyncMQHost mq, string id, string queue = DefaultQueue)
    {
        RepeatableInfo? info = await mq.Queue(queue).GetRepeatableAsync(id);
        Assert.True(info is not null, $"There is no repeatable {queue}/{id}.");
        return info;
    }

    /// <summary>The ids of one state of a queue, in its order.</summary>
    public static async Task<string[]> Ids(this AsyncMQHost mq, JobState state = JobState.Waiting, string queue = DefaultQueue) =>
        [.. (await mq.Queue(queue).GetJobsAsync(new() { States = [state], Take = 1_000 })).Jobs.Select(job => job.Id)];

    /// <summary>How many jobs of a queue are in a state.</summary>
    public static async Task<long> Count(this AsyncMQHost mq, JobState state = JobState.Waiting, string queue = DefaultQueue) =>
        (await mq.Queue(queue).GetStatsAsync())[state];

    /// <summary>Arguments as the JSON text they are stored as.</summary>
    public static string Text(this JobArgs args) => Encoding.UTF8.GetString(args.Utf8.Span);

    /// <summary>Waits until something is so; fails the test when it takes too long.</summary>
    public static async Task Until(Func<Task<bool>> isSo)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await isSo())
            await Task.Delay(5, patience.Token);
    }
}
