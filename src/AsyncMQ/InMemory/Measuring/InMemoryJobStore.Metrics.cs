using AsyncMQ.Storage;

namespace AsyncMQ.InMemory;

/// <content>The figures of queues.</content>
internal sealed partial class InMemoryJobStore
{
    private int RecordMetrics(RecordMetricsStep step)
    {
        int added = 0;
        foreach (NamedFigures figures in step.Figures)
        {
            if (!queues.TryGetValue(figures.Queue, out StoredQueue? queue) || queue.IsClosed)
                continue;
            (queue.Metrics ??= new()).Add(figures.Name, figures.Figures, now);
            added++;
        }

        return added;
    }

    private IReadOnlyList<MetricRecord> Metrics(MetricsRequest request) =>
        queues.GetValueOrDefault(request.Queue)?.Metrics?.Find(request, now) ?? [];

    private void DropMetrics(ref int budget)
    {
        foreach (StoredQueue queue in queues.Values)
            queue.Metrics?.DropOld(now, ref budget);
    }
}
