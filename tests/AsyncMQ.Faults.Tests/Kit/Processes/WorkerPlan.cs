using System.Globalization;

namespace AsyncMQ.Faults.Kit;

/// <summary>How a worker process is to work.</summary>
internal sealed record WorkerPlan
{
    /// <summary>The queues that it works, each with a worker of its own; null: all of the lab.</summary>
    public IReadOnlyList<string>? Queues { get; init; }

    /// <summary>How many handlers run at once in each queue.</summary>
    public int Concurrency { get; init; } = 8;

    /// <summary>The shortest and longest time of a handler in milliseconds, as in <c>0..20</c>.</summary>
    public string Handler { get; init; } = "0..20";

    /// <summary>True for handlers that do not look at their token.</summary>
    public bool IsDeaf { get; init; }

    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(2);

    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan Shutdown { get; init; } = TimeSpan.FromSeconds(30);

    public int MaxStalls { get; init; } = 3;

    /// <summary>True for one that has the schedules of <see cref="TestSchedule.All"/>.</summary>
    public bool Schedules { get; init; }

    public IEnumerable<string> Arguments =>
    [
        "--concurrency", Text(Concurrency), "--handler", Handler, "--deaf", IsDeaf ? "1" : "0", "--lease", Text((int)Lease.TotalMilliseconds),
        "--poll", Text((int)Poll.TotalMilliseconds), "--shutdown", Text((int)Shutdown.TotalMilliseconds), "--max-stalls", Text(MaxStalls),
        "--schedules", Schedules ? "1" : "0",
    ];

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
