using static AsyncMQ.Conformance.BadCall;

namespace AsyncMQ.Conformance;

/// <summary>Questions about figures that must be refused.</summary>
public static class BadMetrics
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public static TheoryData<string> Names => NamesOf(All);

    public static IReadOnlyList<BadCall> All { get; } =
    [
        .. BadTexts.Names.Select(bad => Argument($"figures of a name {bad.What}", Ask(() => new() { Name = bad.Text }), bad.Says)),
        .. new[] { 2, 255 }.Select(resolution => OutOfRange($"buckets of length {resolution}", Ask(() => new() { Resolution = (MetricResolution)resolution }), "must be Minute or Hour")),
        Argument("a time that ends before it begins", Ask(() => new() { From = Noon, To = Noon - 1.Seconds() }), "From (2026-01-01T12:00:00", "must not be after To"),
        .. new[] { -0.1, 1.1, double.NaN, double.PositiveInfinity, 95 }.Select(share =>
            OutOfRange($"a share of {share}", async mq => (await mq.Queue().GetMetricsAsync()).Total.Run.Quantile(share), "A share must be 0 to 1", "0.95")),
        Argument("figures of a queue with a bad name", Ask(() => new(), "two words"), "must not contain white space"),
        new("figures with a cancelled token", typeof(OperationCanceledException), [], mq => mq.Queue().GetMetricsAsync(null, new(canceled: true))),
        new("figures after dispose", typeof(ObjectDisposedException), [], async mq =>
        {
            IJobQueue queue = mq.Queue();
            await mq.DisposeAsync();
            await queue.GetMetricsAsync();
        }),
    ];

    // What an option throws is to come from the call, as where a user writes it.
    private static Func<AsyncMQHost, Task> Ask(Func<MetricsQuery> query, string queue = DefaultQueue) => async mq => await mq.Queue(queue).GetMetricsAsync(query());
}
