using System.Data.Common;
using AsyncMQ.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage;

namespace AsyncMQ.EntityFrameworkCore;

/// <summary>
/// Saves groups in the context's own database, for stores that live there. In a transaction of the user's they are written once SaveChanges has done its own
/// work; else before the transaction commits that SaveChanges makes for itself, so that each try of an execution strategy writes them anew.
/// </summary>
internal sealed partial class DirectSaving(IServiceProvider services) : ContextSaving(services), ISaveChangesInterceptor, IDbTransactionInterceptor
{
    private readonly PendingGroups pending = new();
    private bool accepts = true;

    /// <summary>A SaveChanges is under way, and will commit what it does.</summary>
    private bool savesAlone;

    /// <summary>At whose commit the groups that are written go; null: at none. Not the transaction itself: drivers use those again.</summary>
    private Guid? writtenIn;

    public override int Count => pending.Jobs;

    private ITransactionalStore Store => Queues.Transactions.Require(Client.Parts.Store);

    public override void Clear()
    {
        pending.Clear();
        writtenIn = null;
        RestoreTransactions();
    }

    public override void ResetState()
    {
        base.ResetState();
        pending.Clear();
        (writtenIn, savesAlone, accepts) = (null, false, true);
    }

    protected override void Keep(AddGroup group)
    {
        pending.Add(group);
        RequireOne();
        // A pooled context loses its listeners when it goes back.
        Context.SavingChanges -= OnSaving;
        Context.SavingChanges += OnSaving;
    }

    // Entities that are not accepted are saved again by the next SaveChanges if the transaction rolls back, and so must their jobs be.
    private void OnSaving(object? sender, SavingChangesEventArgs e) => accepts = e.AcceptAllChangesOnSuccess;

    private void Begin()
    {
        savesAlone = Context.Database.CurrentTransaction is null;
        if (pending.Count == 0)
            return;
        RefuseAmbient();
        RequireOne();
    }

    // A single statement goes without a transaction otherwise, and the jobs would have none.
    private void RequireOne() => RequireTransaction(AutoTransactionBehavior.Always);

    private void End()
    {
        savesAlone = false;
        accepts = true;
        RestoreTransactions();
    }

    private bool IsOurCommit() => savesAlone && pending.Count > 0;

    private void NoteWritten(int groups, Guid transaction)
    {
        pending.Written = groups;
        writtenIn = transaction;
    }

    /// <summary>Forgets what was written in a transaction: it has committed, or does with the entities.</summary>
    private void Forget(Guid transaction)
    {
        if (writtenIn != transaction)
            return;
        writtenIn = null;
        pending.RemoveWritten();
        RestoreTransactions();
    }

    private void RefuseAmbient()
    {
        if (System.Transactions.Transaction.Current is not null
            || System.Transactions.TransactionsDatabaseFacadeExtensions.GetEnlistedTransaction(Context.Database) is not null)
        {
            throw new NotSupportedException(
                "Jobs cannot be saved in a TransactionScope: the store needs the transaction of the database itself. Begin one with Database.BeginTransactionAsync, or use the outbox (UseAsyncMQOutbox).");
        }
    }
}
