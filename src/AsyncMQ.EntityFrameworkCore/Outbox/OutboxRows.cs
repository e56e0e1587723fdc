using Microsoft.EntityFrameworkCore;

namespace AsyncMQ.EntityFrameworkCore;

/// <summary>The rows of a context's outbox, as the relay sees them: whatever filters the model has, and tracked by nobody.</summary>
internal sealed class OutboxRows(DbContext context)
{
    private const int MostRows = 100;
    private const long MostBytes = 16 << 20;

    private IQueryable<OutboxGroup> All => context.Set<OutboxGroup>().IgnoreQueryFilters().AsNoTracking();

    /// <summary>The oldest that are to be moved: up to 100 or 16 MiB.</summary>
    public async Task<(List<OutboxGroup> Rows, bool IsFull)> ReadAsync(CancellationToken cancellationToken)
    {
        var rows = new List<OutboxGroup>();
        long bytes = 0;
        IAsyncEnumerable<OutboxGroup> oldest = All.Where(static row => row.Error == null).OrderBy(static row => row.Id).Take(MostRows).AsAsyncEnumerable();
        await foreach (OutboxGroup row in oldest.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            rows.Add(row);
            bytes += row.Content.Length;
            if (bytes >= MostBytes)
                return (rows, true);
        }

        return (rows, rows.Count == MostRows);
    }

    public async Task DeleteAsync(IReadOnlyList<long> ids, CancellationToken cancellationToken)
    {
        if (ids.Count > 0)
            await All.Where(row => ids.Contains(row.Id)).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
    }

    public Task KeepAsync(long id, string error, CancellationToken cancellationToken) =>
        All.Where(row => row.Id == id).ExecuteUpdateAsync(row => row.SetProperty(static one => one.Error, error), cancellationToken);
}
