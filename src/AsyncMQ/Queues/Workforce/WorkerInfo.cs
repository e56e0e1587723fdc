namespace AsyncMQ;

/// <summary>A worker process that lives, as the store sees it. All times are the store's, of whichever clock the process has.</summary>
public sealed record WorkerInfo
{
    /// <summary>Its id, 32 hexadecimal digits. A process that lost its session and opened another has a new one.</summary>
    public required string Id { get; init; }

    /// <summary>The process in words, as <see cref="JobInfo.Worker"/> has it.</summary>
    public required string Name { get; init; }

    /// <summary>The machine; empty: it did not say.</summary>
    public string Host { get; init; } = "";

    /// <summary>The operating system's number of the process; zero: it did not say.</summary>
    public int ProcessId { get; init; }

    /// <summary>The version of the program that it runs (<see cref="AsyncMQOptions.Version"/>); empty: it did not say.</summary>
    public string Version { get; init; } = "";

    /// <summary>The queues that it works.</summary>
    public IReadOnlyList<string> Queues { get; init; } = [];

    /// <summary>The names of jobs that it has handlers for.</summary>
    public IReadOnlyList<string> JobNames { get; init; } = [];

    /// <summary>How many handlers it runs at once, over all its workers; zero: it did not say.</summary>
    public int Concurrency { get; init; }

    /// <summary>When its session was opened: when it started, or found again to the store.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it last renewed its lease.</summary>
    public required DateTimeOffset RenewedAt { get; init; }

    /// <summary>When its lease ends unless it renews it; after that its jobs are taken back.</summary>
    public required DateTimeOffset LeaseUntil { get; init; }

    /// <summary>How many jobs it holds: those it runs, and a few fetched ahead or just ended.</summary>
    public int RunningCount { get; init; }

    /// <summary>True while it takes no jobs: see <see cref="IJobWorkers.QuietWorkerAsync"/>.</summary>
    public bool IsQuiet { get; init; }
}
