using System.Data.Common;
using System.Runtime.ExceptionServices;
using AsyncMQ.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage;

namespace AsyncMQ.EntityFrameworkCore;

/// <content>SaveChangesAsync.</content>
internal sealed partial class DirectSaving
{
    public async ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        Begin();
        if (pending.Count > 0)
            await Client.Parts.StartAsync(cancellationToken).ConfigureAwait(false);
        return result;
    }

    public async ValueTask<InterceptionResult> TransactionCommittingAsync(
        DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        if (IsOurCommit())
            NoteWritten(await WriteAsync(transaction, cancellationToken).ConfigureAwait(false), eventData.TransactionId);
        return result;
    }

    public Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Forget(eventData.TransactionId);
        return Task.CompletedTask;
    }

    public async ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        savesAlone = false;
        if (pending.Count > 0)
        {
            if (Context.Database.CurrentTransaction is { } transaction)
            {
                NoteWritten(await WriteAsync(transaction.GetDbTransaction(), cancellationToken).ConfigureAwait(false), transaction.TransactionId);
                if (accepts)
                    Forget(transaction.TransactionId);
            }
            else
            {
                await SaveJobsAloneAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        End();
        return result;
    }

    public Task SaveChangesFailedAsync(DbContextErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        End();
        return Task.CompletedTask;
    }

    public Task SaveChangesCanceledAsync(DbContextEventData eventData, CancellationToken cancellationToken = default)
    {
        End();
        return Task.CompletedTask;
    }

    // There was nothing else to save.
    private async Task SaveJobsAloneAsync(CancellationToken cancellationToken)
    {
        RefuseAmbient();
        await Context.Database.CreateExecutionStrategy().ExecuteAsync(
            this,
            static async (_, saving, token) =>
            {
                IDbContextTransaction transaction = await saving.Context.Database.BeginTransactionAsync(token).ConfigureAwait(false);
                await using (transaction.ConfigureAwait(false))
                {
                    saving.NoteWritten(await saving.WriteAsync(transaction.GetDbTransaction(), token).ConfigureAwait(false), transaction.TransactionId);
                    await transaction.CommitAsync(token).ConfigureAwait(false);
                }

                return true;
            },
            verifySucceeded: null,
            cancellationToken).ConfigureAwait(false);
    }

    private async Task<int> WriteAsync(DbTransaction transaction, CancellationToken cancellationToken)
    {
        await Client.Parts.StartAsync(cancellationToken).ConfigureAwait(false);
        IReadOnlyList<AddGroup> groups = pending.All();
        foreach (AddGroup group in groups)
        {
            try
            {
                await Store.DeferAsync(transaction, group, cancellationToken).ConfigureAwait(false);
            }
            catch (StoreException error) when (error.InnerException is DbException cause)
            {
                // As Entity Framework's own commands do, so that its execution strategies know what may pass.
                ExceptionDispatchInfo.Throw(cause);
            }
        }

        return groups.Count;
    }
}
