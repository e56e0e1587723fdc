namespace AsyncMQ;

/// <summary>
/// Runs a handler's jobs in processes of their own: this program started again. A crash, an exit or a lack of memory there is a failed attempt here, and a
/// handler that does not end is killed. Not a security boundary. Handlers that are given the same object share its processes.
/// </summary>
public sealed class Isolation
{
    /// <summary>How many jobs a process runs, one after the other, before another takes its place. 1 (the default): a new process for each job.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not 1 to 1 000 000.</exception>
    public int JobsPerProcess
    {
        get;
        init => field = value is >= 1 and <= 1_000_000
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"JobsPerProcess must be 1 to 1 000 000, but was {value}.");
    } = 1;

    /// <summary>How many processes run at once; a job over it waits, within its timeout. Null (the default): one for each slot of the workers.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not 1 to 10 000.</exception>
    public int? MaxProcesses
    {
        get;
        init => field = value is null or (>= 1 and <= 10_000)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"MaxProcesses must be 1 to 10 000, but was {value}.");
    }

    /// <summary>How long a process without a job is kept; 1 min by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative, or longer than a day.</exception>
    public TimeSpan IdleTimeout
    {
        get;
        init => field = value >= TimeSpan.Zero && value <= TimeSpan.FromDays(1)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"IdleTimeout must be zero to a day, but was {value}.");
    } = TimeSpan.FromMinutes(1);

    /// <summary>How long a handler may go on when its token has fired; then its process, and all that it started, is killed. 2 s by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative, or longer than an hour.</exception>
    public TimeSpan Grace
    {
        get;
        init => field = value >= TimeSpan.Zero && value <= TimeSpan.FromHours(1)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"Grace must be zero to an hour, but was {value}.");
    } = TimeSpan.FromSeconds(2);

    /// <summary>How long a new process may take until it can run its first job; 30 s by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not 100 ms to an hour.</exception>
    public TimeSpan StartTimeout
    {
        get;
        init => field = value >= TimeSpan.FromMilliseconds(100) && value <= TimeSpan.FromHours(1)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"StartTimeout must be 100 ms to an hour, but was {value}.");
    } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The most memory of a process in bytes, its runtime included: its garbage-collected heap is held to three quarters of it, and a process seen over it is killed.
    /// What it starts itself is not counted. Null (the default): no limit.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not 64 MiB to 1 TiB.</exception>
    public long? MemoryLimit
    {
        get;
        init => field = value is null or (>= 64L << 20 and <= 1L << 40)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"MemoryLimit must be 64 MiB to 1 TiB, but was {value} bytes.");
    }

    /// <summary>The command line arguments of the processes; null (the default): those of this one, so that the program takes the same way.</summary>
    /// <exception cref="ArgumentException">One of them is null.</exception>
    public IReadOnlyList<string>? Arguments
    {
        get;
        init => field = value is null || !value.Contains(null!)
            ? value is null ? null : [.. value]
            : throw new ArgumentException("Arguments must not have null among them.", nameof(value));
    }
}
