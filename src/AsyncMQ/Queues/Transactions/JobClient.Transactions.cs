using System.Data.Common;
using AsyncMQ.Storage;

namespace AsyncMQ.Queues;

/// <content>Adding inside transactions of the caller's.</content>
internal sealed partial class JobClient
{
    public ITransactionalJobs Within(DbTransaction transaction)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return new JobClient(parts with { Adder = new DeferringAdder(Transactions.Require(parts.Store), transaction, parts.StartAsync) });
    }
}
