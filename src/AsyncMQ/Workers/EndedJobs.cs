namespace AsyncMQ.Workers;

/// <summary>Counts what the workers of a process ended, so that housekeeping comes early when it is much: ended jobs are not to pile up between its rounds.</summary>
internal sealed class EndedJobs
{
    private const int Many = 50_000;

    private int count;
    private volatile TaskCompletionSource many = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Add(int ended)
    {
        if (ended > 0 && Interlocked.Add(ref count, ended) >= Many)
            many.TrySetResult();
    }

    /// <summary>Counts anew.</summary>
    /// <returns>Ends when many have ended.</returns>
    public Task CountAnew()
    {
        many = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref count, 0);
        return many.Task;
    }
}
