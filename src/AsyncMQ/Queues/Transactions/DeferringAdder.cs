using System.Data.Common;
using AsyncMQ.Storage;

namespace AsyncMQ.Queues;

/// <summary>Writes groups inside the caller's transaction, one call for each.</summary>
internal sealed class DeferringAdder(ITransactionalStore store, DbTransaction transaction, Func<CancellationToken, Task> start) : IGroupAdder
{
    public async Task<IReadOnlyList<AddedJob>> AddAsync(AddGroup group, CancellationToken cancellationToken)
    {
        await start(cancellationToken).ConfigureAwait(false);
        await store.DeferAsync(transaction, group, cancellationToken).ConfigureAwait(false);
        return [.. group.Jobs.Select(static job => new AddedJob(AddOutcome.Deferred, job.Ref.Id))];
    }
}
