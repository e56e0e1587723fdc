using AsyncMQ.OutboxWorker;

namespace AsyncMQ.EntityFrameworkCore.Tests.Kit;

internal static class Saves
{
    /// <summary>SaveChanges or SaveChangesAsync.</summary>
    public static Task<int> SaveAsync(this ShopContext context, bool blocks) => blocks ? Task.FromResult(context.SaveChanges()) : context.SaveChangesAsync();

    /// <summary>An order and a job for it, still to be saved.</summary>
    public static void Order(this ShopContext context, string number, string job)
    {
        context.Orders.Add(new() { Number = number });
        context.Jobs().Add(job, [number]);
    }
}
