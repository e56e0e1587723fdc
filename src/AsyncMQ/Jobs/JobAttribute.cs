using System.Globalization;
using AsyncMQ.Jobs;

namespace AsyncMQ;

/// <summary>Names a job type and says how it is to be run, unless the add says otherwise. The name is the contract: renaming the class breaks nothing.</summary>
/// <param name="name">The job's name on the wire: 1 to 128 characters, no white space.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct, Inherited = false)]
public sealed class JobAttribute(string name) : Attribute
{
    /// <summary>The job's name.</summary>
    /// <exception cref="ArgumentException">The name breaks a rule.</exception>
    public string Name { get; } = Names.RequireJobName(name);

    /// <summary>The queue that it is added to through a client; <c>default</c> when null.</summary>
    /// <exception cref="ArgumentException">The name breaks a rule.</exception>
    public string? Queue { get; set => field = value is null ? null : Names.RequireQueue(value); }

    /// <summary>How often a failed job is run again. -1 (the default): not said here.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than -1 or over 1 000 000.</exception>
    public int Retries { get; set => field = value == -1 ? -1 : JobOptions.RequireRetries(value)!.Value; } = -1;

    /// <summary>The first delay of an exponential back-off, in seconds. 0 (the default): not said here.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative, not a number, or over 100 years.</exception>
    public double BackoffSeconds { get; set => field = RequireSeconds(value, nameof(BackoffSeconds)); }

    /// <summary>How long one attempt may run before its token is cancelled, in seconds. 0 (the default): not said here.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative, not a number, or over 24 days.</exception>
    public double TimeoutSeconds { get; set => field = RequireSeconds(value, nameof(TimeoutSeconds), 24 * 86_400); }

    /// <summary>True: each attempt runs in a new process. What else <see cref="AsyncMQ.Isolation"/> can do, the handler's registration says.</summary>
    public bool Isolated { get; set; }

    internal Isolation? Isolation => Isolated ? new() : null;

    internal JobPolicy Policy => new()
    {
        Retries = Retries < 0 ? null : Retries,
        Backoff = BackoffSeconds > 0 ? AsyncMQ.Backoff.Exponential(TimeSpan.FromSeconds(BackoffSeconds)) : null,
        Timeout = TimeoutSeconds > 0 ? JobOptions.RequireTimeout(TimeSpan.FromSeconds(TimeoutSeconds)) : null,
    };

    private static double RequireSeconds(double value, string name, double longest = 3_155_760_000) =>
        value >= 0 && value <= longest
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, string.Create(CultureInfo.InvariantCulture, $"{name} must be 0 to {longest} seconds, but was {value}."));
}
