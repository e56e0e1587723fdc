using System.Data.Common;

namespace AsyncMQ;

/// <summary>
/// The way in: adds jobs to their own queues, and flows, gives queues by name, tells what happens, and who works. One per installation; use it from any
/// number of threads.
/// </summary>
public interface IJobClient : IJobProducer, IJobFlows, IJobEvents, IJobWorkers
{
    /// <summary>A queue by name; it need not exist yet.</summary>
    /// <exception cref="ArgumentException">The name breaks a rule: 1 to 128 bytes of UTF-8, no white space, no control characters.</exception>
    IJobQueue GetQueue(string name);

    /// <summary>
    /// Adds inside a transaction of the caller's: the jobs exist exactly if it commits, together with what else it writes. For stores that live in the database
    /// of the transaction: PostgreSQL and SQLite. With Entity Framework see the package AsyncMQ.EntityFrameworkCore.
    /// </summary>
    /// <param name="transaction">An open transaction on the store's own database, as <c>BeginTransactionAsync</c> of its connection gives it.</param>
    /// <exception cref="ArgumentNullException">The transaction is null.</exception>
    /// <exception cref="NotSupportedException">The store does not live in a database of the user's.</exception>
    ITransactionalJobs Within(DbTransaction transaction);

    /// <summary>The names of the queues that hold or held jobs or settings, and of those that live workers work, in ordinal order.</summary>
    Task<IReadOnlyList<string>> GetQueuesAsync(CancellationToken cancellationToken = default);
}
