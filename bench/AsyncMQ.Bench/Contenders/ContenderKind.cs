using AsyncMQ.Bench.Stores;

namespace AsyncMQ.Bench.Contenders;

/// <summary>A system that can be measured. A new peer: a class that is an <see cref="IContender"/>, and a line in <see cref="Find"/> and <see cref="Peers"/>.</summary>
/// <param name="System">Its name in figures and on the command line.</param>
/// <param name="Store">Where it keeps its jobs, for figures.</param>
/// <param name="Open">Opens it with an empty queue.</param>
internal sealed record ContenderKind(string System, string Store, Func<Workload, JobSink, IContender> Open)
{
    public const string Own = "asyncmq";

    public static IReadOnlyList<string> Peers { get; } = ["hangfire", "bullmq", "graphile-worker", "pg-boss"];

    public static ContenderKind Find(string system, CommandLine line) => system switch
    {
        Own => new(Own, line.Store, (load, sink) => new AsyncMQContender(StoreKind.Named(line.Store).Open(line), load, sink)),
        "hangfire" when line.Store == "redis" => new("hangfire", "redis", HangfireContender.OnRedis),
        "hangfire" when line.Store == "postgres" => new("hangfire", "postgres", HangfireContender.OnPostgres),
        "hangfire" => new("hangfire", "memory", HangfireContender.InMemory),
        "bullmq" => new("bullmq", "redis", static (load, sink) => NodeContender.OnRedis("bullmq", load, sink)),
        "graphile-worker" or "pg-boss" => new(system, "postgres", (load, sink) => NodeContender.OnPostgres(system, load, sink)),
        _ => throw new ArgumentException($"System '{system}' is not known.", nameof(system)),
    };
}
