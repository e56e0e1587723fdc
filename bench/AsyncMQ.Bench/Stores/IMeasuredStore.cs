namespace AsyncMQ.Bench.Stores;

/// <summary>An empty store for one measurement; disposing it removes what it left behind, after the host is disposed.</summary>
internal interface IMeasuredStore : IDisposable
{
    /// <summary>Chooses it.</summary>
    void Use(AsyncMQBuilder mq);

    /// <summary>The bytes of its files; 0: it has none.</summary>
    long FileBytes { get; }

    /// <summary>This program's arguments for a worker on the same store in another process; null: a store that processes cannot share.</summary>
    IReadOnlyList<string>? WorkerArguments => null;
}
