namespace AsyncMQ.Bench.Stores;

/// <summary>A store that can be measured. A new one: a class that is an <see cref="IMeasuredStore"/>, and an entry in <see cref="All"/>.</summary>
/// <param name="Name">Its name on the command line and in figures.</param>
/// <param name="DefaultJobs">As many as take it some seconds.</param>
/// <param name="Open">Makes an empty one.</param>
internal sealed record StoreKind(string Name, int DefaultJobs, Func<CommandLine, IMeasuredStore> Open)
{
    public static IReadOnlyList<StoreKind> All { get; } =
    [
        new("memory", 1_000_000, static _ => new MemoryStore()),
        new("sqlite", 200_000, static line => new SqliteStore(line.Synchronous ?? "full")) { HasSynchronous = true },
        new("redis", 500_000, static _ => new RedisStore()),
        new("postgres", 100_000, static _ => new PostgresStore()),
    ];

    /// <summary>True when it can be told when a commit counts as done.</summary>
    public bool HasSynchronous { get; private init; }

    public static StoreKind Named(string name) => All.First(store => store.Name == name);
}
