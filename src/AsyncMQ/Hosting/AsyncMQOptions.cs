using AsyncMQ.Jobs;

namespace AsyncMQ;

/// <summary>What holds for a whole installation, unless a queue, a handler or an add says otherwise.</summary>
public sealed class AsyncMQOptions
{
    /// <summary>The most bytes of anything that is written: arguments with headers and tags, results, progress; as it is stored. 1 MiB by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not 1 KiB to 64 MiB.</exception>
    public int MaxPayloadBytes
    {
        get;
        set => field = value is >= 1 << 10 and <= 64 << 20
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"MaxPayloadBytes must be 1 KiB to 64 MiB, but was {value}.");
    } = 1 << 20;

    /// <summary>How often a failed job is run again when nobody else says; 0 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or over 1 000 000.</exception>
    public int Retries { get; set => field = JobOptions.RequireRetries(value)!.Value; }

    /// <summary>How long to wait between attempts when nobody else says; <see cref="Backoff.Default"/> by default.</summary>
    public Backoff Backoff { get; set => field = value ?? throw new ArgumentNullException(nameof(value), "Backoff must not be null; Backoff.None is no wait."); } = Backoff.Default;

    /// <summary>How long one attempt may run when nobody else says; unlimited (null) by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive, or longer than 24 days.</exception>
    public TimeSpan? Timeout { get; set => field = JobOptions.RequireTimeout(value); }

    /// <summary>How often a job may lose its worker and still run again; one more fails it. 3 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not 0 to 1 000.</exception>
    public int MaxStalls { get; set => field = RequireStalls(value)!.Value; } = 3;

    /// <summary>How long ended jobs are kept; <see cref="RetentionPolicy.Default"/> by default.</summary>
    public RetentionPolicy Retention { get; set => field = value ?? throw new ArgumentNullException(nameof(value), "Retention must not be null; RetentionPolicy.Forever keeps everything."); } = RetentionPolicy.Default;

    /// <summary>The safety net: how often an idle worker asks for work though nothing was signalled. 5 s by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not 1 ms to 1 h.</exception>
    public TimeSpan PollInterval { get; set => field = RequirePollInterval(value)!.Value; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a process may be silent before its jobs go to others; 15 s by default. Renewed every fifth of it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not 500 ms to 1 h.</exception>
    public TimeSpan Lease
    {
        get;
        set => field = value >= TimeSpan.FromMilliseconds(500) && value <= TimeSpan.FromHours(1)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"Lease must be 500 ms to 1 h, but was {value}.");
    } = TimeSpan.FromSeconds(15);

    /// <summary>The deadline of one call to the store; 10 s by default. A call that is over it is sent again where that is safe.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not 100 ms to 10 min.</exception>
    public TimeSpan StoreCallTimeout { get; set => field = RequireCallTimeout(value, nameof(StoreCallTimeout)); } = TimeSpan.FromSeconds(10);

    /// <summary>How long an add is sent again before its fate is reported as unknown; 30 s by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not 100 ms to 10 min.</exception>
    public TimeSpan AddTimeout { get; set => field = RequireCallTimeout(value, nameof(AddTimeout)); } = TimeSpan.FromSeconds(30);

    /// <summary>The clock of this process; the system's by default. An in-process store takes it too.</summary>
    public TimeProvider TimeProvider { get; set => field = value ?? throw new ArgumentNullException(nameof(value), "TimeProvider must not be null; TimeProvider.System is the default."); } = TimeProvider.System;

    /// <summary>The version of the program, as <see cref="IJobWorkers.GetWorkersAsync"/> tells it to people. Null (the default): that of the entry assembly.</summary>
    /// <exception cref="ArgumentException">The value is empty, longer than 128 bytes of UTF-8, or has control characters or space at an end.</exception>
    public string? Version { get; set => field = value is null ? null : Names.RequireVersion(value); }

    /// <summary>How often the housekeeping looks when there is nothing to do; null: as often as the lease asks for, and every few seconds. For simulated years.</summary>
    internal TimeSpan? HousekeepingInterval { get; set; }

    internal JobPolicy Policy => new() { Retries = Retries, Backoff = Backoff, Timeout = Timeout };

    internal static TimeSpan? RequirePollInterval(TimeSpan? value) =>
        value is null || (value >= TimeSpan.FromMilliseconds(1) && value <= TimeSpan.FromHours(1))
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"PollInterval must be 1 ms to 1 h, but was {value}.");

    internal static int? RequireStalls(int? value) =>
        value is null or (>= 0 and <= 1_000) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, $"MaxStalls must be 0 to 1 000, but was {value}.");

    private static TimeSpan RequireCallTimeout(TimeSpan value, string name) =>
        value >= TimeSpan.FromMilliseconds(100) && value <= TimeSpan.FromMinutes(10)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"{name} must be 100 ms to 10 min, but was {value}.");
}
