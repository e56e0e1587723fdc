using AsyncMQ.Queues;
using AsyncMQ.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace AsyncMQ.EntityFrameworkCore;

/// <summary>Keeps the groups of one context until they are saved. A pooled context keeps its own, which is emptied when it goes back.</summary>
/// <param name="services">Those of Entity Framework for this context. It makes interceptors before it knows the context, so that is asked for later.</param>
internal abstract class ContextSaving(IServiceProvider services) : IGroupAdder, IInterceptor, IResettableService
{
    private AutoTransactionBehavior? behaviorBefore;

    public JobClient Client => Options.Client;

    /// <summary>How many jobs are pending.</summary>
    public abstract int Count { get; }

    protected DbContext Context => field ??= services.GetRequiredService<ICurrentDbContext>().Context;

    protected AsyncMQOptionsExtension Options => field ??= services.GetRequiredService<IDbContextOptions>().FindExtension<AsyncMQOptionsExtension>()!;

    public Task<IReadOnlyList<AddedJob>> AddAsync(AddGroup group, CancellationToken cancellationToken)
    {
        Keep(group);
        return Task.FromResult<IReadOnlyList<AddedJob>>([.. group.Jobs.Select(static job => new AddedJob(AddOutcome.Deferred, job.Ref.Id))]);
    }

    /// <summary>Drops what is pending.</summary>
    public abstract void Clear();

    /// <summary>Drops all that belongs to the context's present use.</summary>
    public virtual void ResetState() => behaviorBefore = null;

    public Task ResetStateAsync(CancellationToken cancellationToken = default)
    {
        ResetState();
        return Task.CompletedTask;
    }

    protected abstract void Keep(AddGroup group);

    /// <summary>Sees to it that the next SaveChanges has a transaction, also where the context says that it should have none.</summary>
    protected void RequireTransaction(AutoTransactionBehavior needed)
    {
        AutoTransactionBehavior now = Context.Database.AutoTransactionBehavior;
        if (now == needed || now == AutoTransactionBehavior.Always)
            return;
        behaviorBefore ??= now;
        Context.Database.AutoTransactionBehavior = needed;
    }

    /// <summary>Leaves transactions to the context again, once nothing is pending.</summary>
    protected void RestoreTransactions()
    {
        if (behaviorBefore is { } before && Count == 0)
        {
            Context.Database.AutoTransactionBehavior = before;
            behaviorBefore = null;
        }
    }
}
