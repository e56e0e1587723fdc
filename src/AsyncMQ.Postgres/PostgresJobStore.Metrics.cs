using AsyncMQ.Postgres.Measuring;
using AsyncMQ.Storage;

namespace AsyncMQ.Postgres;

/// <content>Figures.</content>
internal sealed partial class PostgresJobStore
{
    public async ValueTask<int> RecordMetricsAsync(RecordMetricsStep step, CancellationToken cancellationToken) =>
        FigureColumns.UnpackCount(await Once("record_figures", step.Step, FigureColumns.Pack(step), cancellationToken).ConfigureAwait(false));

    public ValueTask<IReadOnlyList<MetricRecord>> MetricsAsync(MetricsRequest request, CancellationToken cancellationToken) =>
        steps.LookAsync("read_figures", FigureColumns.Pack(request), FigureColumns.ReadAllAsync, cancellationToken);
}
