using System.Globalization;

namespace AsyncMQ.FaultWorker;

/// <summary>What the process is to do: <c>--mode work --store jobs.db --queues q --ledger ledger …</c></summary>
internal sealed record WorkerArguments
{
    public required string Mode { get; init; }

    /// <summary>The file of a SQLite store, or <c>redis:server/name</c>.</summary>
    public required string Store { get; init; }

    public required IReadOnlyList<string> Queues { get; init; }

    public required string Ledger { get; init; }

    public int Seed { get; init; }

    public int Concurrency { get; init; } = 8;

    /// <summary>The shortest and longest time that a handler takes, in milliseconds.</summary>
    public (int From, int To) Handler { get; init; } = (0, 20);

    /// <summary>True for handlers that do not look at their token.</summary>
    public bool IsDeaf { get; init; }

    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(15);

    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan Shutdown { get; init; } = TimeSpan.FromSeconds(30);

    public int MaxStalls { get; init; } = 3;

    /// <summary>True for a worker that has the schedules of <see cref="Faults.Kit.TestSchedule.All"/>, in its first queue.</summary>
    public bool Schedules { get; init; }

    /// <summary>How many jobs the producer adds: <c>job-0</c> to one less than this; or how many flows.</summary>
    public int Count { get; init; }

    /// <summary>The shortest and longest pause between two adds, in milliseconds.</summary>
    public (int From, int To) Pause { get; init; }

    /// <summary>How many nodes each flow has.</summary>
    public int Nodes { get; init; }

    /// <summary>True for a producer that kills itself once its first flow is acknowledged.</summary>
    public bool DiesAfterFlow { get; init; }

    /// <summary>At which step of its transactions the process dies; 0: at none.</summary>
    public int DiesAt { get; init; }

    /// <summary>The so-manieth time that it comes there.</summary>
    public int DiesAfter { get; init; }

    /// <summary>Takes orders, each in a transaction.</summary>
    public bool Orders => Mode is "order";

    /// <summary>Works with handlers that have transactions.</summary>
    public bool Ships => Mode is "ship";

    public bool Works => Mode is "work" or "both";

    public bool Produces => Mode is "produce" or "both";

    public bool ProducesFlows => Mode is "flows";

    public static WorkerArguments Parse(string[] args)
    {
        var given = args.Chunk(2).ToDictionary(
            pair => pair[0], pair => pair.Length == 2 ? pair[1] : throw new ArgumentException($"{pair[0]} needs a value."), StringComparer.Ordinal);
        var parsed = new WorkerArguments
        {
            Mode = Take("--mode") ?? "work",
            Store = Require("--store"),
            Queues = Require("--queues").Split(','),
            Ledger = Require("--ledger"),
            Seed = Number("--seed", 0),
            Concurrency = Number("--concurrency", 8),
            Handler = Range("--handler", (0, 20)),
            IsDeaf = Number("--deaf", 0) != 0,
            Lease = TimeSpan.FromMilliseconds(Number("--lease", 15_000)),
            Poll = TimeSpan.FromMilliseconds(Number("--poll", 5_000)),
            Shutdown = TimeSpan.FromMilliseconds(Number("--shutdown", 30_000)),
            MaxStalls = Number("--max-stalls", 3),
            Schedules = Number("--schedules", 0) != 0,
            Count = Number("--count", 0),
            Pause = Range("--pause", (0, 0)),
            Nodes = Number("--nodes", 0),
            DiesAfterFlow = Number("--dies-after-flow", 0) != 0,
            DiesAt = Number("--dies-at", 0),
            DiesAfter = Number("--dies-after", 0),
        };
        return given.Count == 0 && parsed.Mode is "work" or "produce" or "both" or "flows" or "order" or "ship"
            ? parsed
            : throw new ArgumentException($"--mode must be work, produce, both, flows, order or ship, but was {parsed.Mode}; not understood: {string.Join(' ', given.Keys)}.");

        string? Take(string name) => given.Remove(name, out string? value) ? value : null;
        string Require(string name) => Take(name) ?? throw new ArgumentException($"{name} is missing.");
        int Number(string name, int otherwise) => Take(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
        (int From, int To) Range(string name, (int From, int To) otherwise)
        {
            if (Take(name) is not { } text)
                return otherwise;
            string[] ends = text.Split("..");
            return (int.Parse(ends[0], CultureInfo.InvariantCulture), int.Parse(ends[1], CultureInfo.InvariantCulture));
        }
    }
}
