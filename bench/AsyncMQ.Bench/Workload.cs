namespace AsyncMQ.Bench;

/// <summary>How much of which work a measurement does; the same for every contender.</summary>
internal sealed record Workload
{
    public required int Jobs { get; init; }

    public required int Concurrency { get; init; }

    public required int PayloadBytes { get; init; }

    /// <summary>How many jobs the latency is taken from.</summary>
    public int Samples { get; init; } = 200;

    /// <summary>How many jobs wait in a deep backlog.</summary>
    public int DeepBacklog { get; init; } = 1_000_000;

    /// <summary>What else AsyncMQ's host is configured with; null: nothing.</summary>
    public Action<AsyncMQBuilder>? Configure { get; init; }

    /// <summary>How else AsyncMQ's worker is configured; null: not at all.</summary>
    public Action<WorkerOptions>? ConfigureWorker { get; init; }

    /// <summary>When a measured phase ends though its jobs are not done; the rate is then taken from those that are.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>When filling a queue ends though it is not full.</summary>
    public TimeSpan FillLimit { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The same for a deep backlog, which must be deep to mean anything.</summary>
    public TimeSpan DeepFillLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A short run of the same kind, before the first that counts.</summary>
    public Workload WarmUp => this with
    {
        Jobs = Math.Max(1, Jobs / 10),
        Samples = 20,
        DeepBacklog = Math.Min(DeepBacklog, Math.Max(1, Jobs / 5)),
        Limit = TimeSpan.FromSeconds(3),
        FillLimit = TimeSpan.FromSeconds(3),
        DeepFillLimit = TimeSpan.FromSeconds(3),
    };

    public static Workload Of(CommandLine line) => new()
    {
        Jobs = line.Jobs ?? Stores.StoreKind.Named(line.Store).DefaultJobs,
        Concurrency = line.Concurrency,
        PayloadBytes = line.PayloadBytes,
    };
}
