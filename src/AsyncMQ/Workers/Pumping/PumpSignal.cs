namespace AsyncMQ.Workers;

/// <summary>Wakes the pump: set from anywhere, any number of times; waited for by one.</summary>
internal sealed class PumpSignal
{
    private readonly Lock gate = new();
    private TaskCompletionSource? waiter;
    private bool isSet;

    /// <summary>True while the pump sleeps on it.</summary>
    public bool IsWaitedFor
    {
        get
        {
            lock (gate)
                return waiter is not null;
        }
    }

    public void Set()
    {
        TaskCompletionSource? woken;
        lock (gate)
        {
            if (isSet)
                return;
            isSet = true;
            woken = waiter;
            waiter = null;
        }

        woken?.SetResult();
    }

    /// <summary>Ends when the signal is set, or at once when it was set since the last wait.</summary>
    public Task WaitAsync()
    {
        lock (gate)
        {
            if (isSet)
                return Task.CompletedTask;
            waiter ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            return waiter.Task;
        }
    }

    /// <summary>Takes the signal back; what is set from now on is news.</summary>
    public void Reset()
    {
        lock (gate)
            isSet = false;
    }
}
