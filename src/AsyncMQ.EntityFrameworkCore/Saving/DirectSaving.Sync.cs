using System.Data.Common;
using System.Runtime.ExceptionServices;
using AsyncMQ.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage;

namespace AsyncMQ.EntityFrameworkCore;

/// <content>SaveChanges, which blocks: the same without a task, so that it waits for the database alone.</content>
internal sealed partial class DirectSaving
{
    public InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        Begin();
        if (pending.Count > 0)
            RequireStarted();
        return result;
    }

    public InterceptionResult TransactionCommitting(DbTransaction transaction, TransactionEventData eventData, InterceptionResult result)
    {
        if (IsOurCommit())
            NoteWritten(Write(transaction), eventData.TransactionId);
        return result;
    }

    public void TransactionCommitted(DbTransaction transaction, TransactionEndEventData eventData) => Forget(eventData.TransactionId);

    public int SavedChanges(SaveChangesCompletedEventData eventData, int result)
    {
        savesAlone = false;
        if (pending.Count > 0)
        {
            if (Context.Database.CurrentTransaction is { } transaction)
            {
                NoteWritten(Write(transaction.GetDbTransaction()), transaction.TransactionId);
                if (accepts)
                    Forget(transaction.TransactionId);
            }
            else
            {
                SaveJobsAlone();
            }
        }

        End();
        return result;
    }

    public void SaveChangesFailed(DbContextErrorEventData eventData) => End();

    public void SaveChangesCanceled(DbContextEventData eventData) => End();

    private void SaveJobsAlone()
    {
        RefuseAmbient();
        Context.Database.CreateExecutionStrategy().Execute(this, static saving =>
        {
            using IDbContextTransaction transaction = saving.Context.Database.BeginTransaction();
            saving.NoteWritten(saving.Write(transaction.GetDbTransaction()), transaction.TransactionId);
            transaction.Commit();
        });
    }

    private int Write(DbTransaction transaction)
    {
        RequireStarted();
        IReadOnlyList<AddGroup> groups = pending.All();
        foreach (AddGroup group in groups)
        {
            try
            {
                Store.Defer(transaction, group);
            }
            catch (StoreException error) when (error.InnerException is DbException cause)
            {
                ExceptionDispatchInfo.Throw(cause);
            }
        }

        return groups.Count;
    }

    // A store starts asynchronously, and blocking until then would need a thread of the pool, of which there may be none.
    private void RequireStarted()
    {
        if (!Client.Parts.StartAsync(CancellationToken.None).IsCompletedSuccessfully)
        {
            throw new InvalidOperationException(
                "The store has not started yet, which SaveChanges does not wait for: call SaveChangesAsync, or start the host before.");
        }
    }
}
