namespace AsyncMQ.Conformance.Driving;

public sealed partial class StoreDriver
{
    /// <summary>Makes a session quiet, or lets it claim again.</summary>
    public async Task<bool> Quiet(SessionId session, bool quiet = true) =>
        await Store.AdministerSessionAsync(new(NextAdministration(), session, quiet), default);

    /// <summary>The names of the queues that have a record.</summary>
    public async Task<string[]> QueueNames() => [.. (await Store.QueuesAsync(default)).Select(queue => queue.Name)];

    /// <summary>Adds figures, as a worker sends them.</summary>
    public async Task<int> Record(params NamedFigures[] figures) => await Store.RecordMetricsAsync(new(steps.Next(StepCounter.Metrics), figures), default);

    /// <summary>The buckets of a queue.</summary>
    public async Task<IReadOnlyList<MetricRecord>> Metrics(
        MetricResolution resolution = MetricResolution.Minute, string queue = DefaultQueue, DateTimeOffset? from = null, DateTimeOffset? to = null) =>
        await Store.MetricsAsync(new(queue, resolution, from, to), default);
}
