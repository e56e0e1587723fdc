namespace AsyncMQ.Faults.Kit;

/// <summary>The stores that a lab can have.</summary>
public enum StoreKind
{
    Sqlite,
    Redis,
    Postgres,
}

/// <summary>What a lab's processes work on.</summary>
internal abstract class FaultStore : IAsyncDisposable
{
    /// <summary>As it is told on a command line.</summary>
    public abstract string Told { get; }

    /// <summary>A store in a directory, empty.</summary>
    public static async Task<FaultStore> OpenAsync(StoreKind kind, string directory) =>
        kind switch
        {
            StoreKind.Redis => await RedisFaultStore.StartAsync(),
            StoreKind.Postgres => await PostgresFaultStore.StartAsync(),
            _ => new SqliteFaultStore(Path.Combine(directory, "jobs.db")),
        };

    /// <summary>False where a process that stands still now would hold up all others.</summary>
    public virtual bool MayStandStill() => true;

    /// <summary>What is wrong with what the store keeps, as others than the store see it.</summary>
    public abstract Task<IReadOnlyList<string>> CheckAsync();

    public abstract ValueTask DisposeAsync();
}
