using AsyncMQ.Storage;

namespace AsyncMQ.Queues;

/// <summary>Whether a store can take part in transactions of the user's.</summary>
internal static class Transactions
{
    /// <exception cref="NotSupportedException">It cannot.</exception>
    public static ITransactionalStore Require(IJobStore store) => store as ITransactionalStore ?? throw new NotSupportedException(
        $"The store ({store.Description}) does not live in a database of yours, so nothing of it can commit with a transaction. "
        + "Use PostgreSQL or SQLite for that, or the outbox of AsyncMQ.EntityFrameworkCore.");
}
