using System.Data.Common;
using AsyncMQ.Storage;

namespace AsyncMQ.Postgres;

/// <content>Inside transactions of the user's.</content>
internal sealed partial class PostgresJobStore
{
    public ValueTask DeferAsync(DbTransaction transaction, AddGroup group, CancellationToken cancellationToken) =>
        transactions.DeferAsync(transaction, group, cancellationToken);

    public void Defer(DbTransaction transaction, AddGroup group) => transactions.Defer(transaction, group);

    public ValueTask<CompletionOutcome> CompleteAsync(DbTransaction transaction, Completion completion, CancellationToken cancellationToken) =>
        transactions.CompleteAsync(transaction, completion, cancellationToken);
}
