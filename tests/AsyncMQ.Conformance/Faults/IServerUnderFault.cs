namespace AsyncMQ.Conformance.Faults;

/// <summary>A server of the test's own, empty, to which things are done.</summary>
public interface IServerUnderFault : IAsyncDisposable
{
    /// <summary>What errors call it.</summary>
    string Kind { get; }

    /// <summary>Where it listens.</summary>
    int Port { get; }

    /// <summary>Bytes of the request for each step.</summary>
    ReadOnlyMemory<byte> MarkOfStep { get; }

    /// <summary>Keeps jobs on it.</summary>
    /// <param name="builder">The installation.</param>
    /// <param name="port">Another way that ends there; null: straight.</param>
    AsyncMQBuilder Use(AsyncMQBuilder builder, int? port = null);

    /// <summary>Kills it, as a loss of power does, but for what the kernel has yet to write.</summary>
    Task KillAsync();

    /// <summary>Starts it again on the same data.</summary>
    Task StartAgainAsync();

    /// <summary>A store on the same installation, past any faulty way.</summary>
    Task<IJobStore> OpenStoreAsync();

    /// <summary>What is to be looked at when a load is over: <see cref="FaultLoad.VerifyAsync"/>, and what others than the store see.</summary>
    Task VerifyAsync(FaultLoad load);
}
