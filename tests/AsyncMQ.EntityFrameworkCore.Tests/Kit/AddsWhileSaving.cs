using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace AsyncMQ.EntityFrameworkCore.Tests.Kit;

/// <summary>Adds a job when its context begins to save, as handlers of domain events do.</summary>
internal sealed class AddsWhileSaving(string job) : SaveChangesInterceptor
{
    public override ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        eventData.Context!.Jobs().Add(job);
        return new(result);
    }
}
