using System.Data.Common;
using AsyncMQ.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace AsyncMQ.EntityFrameworkCore;

/// <summary>Saves groups as rows of the context's outbox: they are entities like others, so Entity Framework does the rest.</summary>
internal sealed class OutboxSaving(IServiceProvider services) : ContextSaving(services), ISaveChangesInterceptor, IDbTransactionInterceptor
{
    private readonly List<(OutboxGroup Row, int Jobs)> pending = [];
    private bool isCommitToCome;

    public override int Count => pending.Sum(static group => group.Jobs);

    public override void Clear()
    {
        foreach ((OutboxGroup row, _) in pending)
            Context.Entry(row).State = EntityState.Detached;
        pending.Clear();
        RestoreTransactions();
    }

    public override void ResetState()
    {
        base.ResetState();
        pending.Clear();
        isCommitToCome = false;
    }

    public InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        // After a ChangeTracker.Clear(), which knows nothing of jobs.
        foreach ((OutboxGroup row, _) in pending)
        {
            if (Context.Entry(row).State == EntityState.Detached)
                Context.Add(row);
        }

        return result;
    }

    public ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default) => new(SavingChanges(eventData, result));

    public int SavedChanges(SaveChangesCompletedEventData eventData, int result)
    {
        // Those that are not accepted yet are saved again with the other entities.
        isCommitToCome |= pending.Count > 0;
        foreach ((OutboxGroup row, _) in pending)
        {
            if (Context.Entry(row) is { State: EntityState.Unchanged } saved)
                saved.State = EntityState.Detached;
        }

        pending.Clear();
        RestoreTransactions();
        if (Context.Database.CurrentTransaction is null)
            TellRelays();
        return result;
    }

    public ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default) =>
        new(SavedChanges(eventData, result));

    public void TransactionCommitted(DbTransaction transaction, TransactionEndEventData eventData) => TellRelays();

    public Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        TellRelays();
        return Task.CompletedTask;
    }

    protected override void Keep(AddGroup group)
    {
        if (Context.Model.FindEntityType(typeof(OutboxGroup)) is null)
        {
            throw new InvalidOperationException(
                $"The model of {Context.GetType().Name} has no outbox: call modelBuilder.AddAsyncMQOutbox() in OnModelCreating, and add a migration.");
        }

        var row = OutboxGroup.Of(DeferredGroups.Pack(group), Client.Parts.Seams.Time.GetUtcNow());
        Context.Add(row);
        pending.Add((row, group.Jobs.Count));
        RequireTransaction(AutoTransactionBehavior.WhenNeeded);
    }

    private void TellRelays()
    {
        if (!isCommitToCome)
            return;
        isCommitToCome = false;
        Options.Signal?.Tell();
    }
}
