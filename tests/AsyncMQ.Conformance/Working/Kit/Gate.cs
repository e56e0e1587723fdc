namespace AsyncMQ.Conformance.Working;

/// <summary>Holds handlers until the test lets them go.</summary>
public sealed class Gate
{
    private readonly TaskCompletionSource opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int inside;

    /// <summary>How many came to the gate.</summary>
    public int Entered => Volatile.Read(ref inside);

    public void Open() => opened.TrySetResult();

    /// <summary>Ends when somebody has come to the gate.</summary>
    public Task SomebodyWaits() => entered.Task.WaitAsync(Hosts.Patience);

    /// <summary>Waits at the gate; the token ends the wait.</summary>
    public Task Pass(CancellationToken cancellationToken)
    {
        Enter();
        return opened.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Waits at the gate, whatever the token says.</summary>
    public Task PassWithoutHeed()
    {
        Enter();
        return opened.Task;
    }

    private void Enter()
    {
        Interlocked.Increment(ref inside);
        entered.TrySetResult();
    }
}
