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
    public abstract void ResetState();

    public Task ResetStateAsync(CancellationToken cancellationToken = default)
    {
        ResetState();
        return Task.CompletedTask;
    }

    protected abstract void Keep(AddGroup group);
}
