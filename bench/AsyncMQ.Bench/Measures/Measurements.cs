namespace AsyncMQ.Bench.Measures;

/// <summary>All measurements, in the order they are run.</summary>
internal static class Measurements
{
    public static IReadOnlyList<IMeasurement> All { get; } =
    [
        new SingleAdds(),
        new BulkAdds(),
        new Processing(),
        new EndToEnd(),
        new StartLatency(),
        new BacklogDepth(),
        new LatencyBetween(),
        new LongQueue(),
        new Retained(),
        new Edges(),
        new Batched(),
        new Limited(),
        new Extras(),
        new Listened(),
        new Metrics(),
        new IsolatedJobs(),
    ];

    /// <summary>Those that yield one of these measures; when none is named, all but those on demand.</summary>
    public static IEnumerable<IMeasurement> For(IReadOnlyList<string> names) =>
        All.Where(measurement => names.Count == 0 ? !measurement.IsOnDemand : measurement.Measures.Any(measure => names.Contains(measure.Name)));
}
