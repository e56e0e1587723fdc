using System.Transactions;
using AsyncMQ.OutboxWorker;
using Microsoft.EntityFrameworkCore;

namespace AsyncMQ.EntityFrameworkCore.Tests.Saving;

/// <summary>What holds where jobs are written into the context's own database.</summary>
public abstract class DirectSavingTests(Shop shop) : SavingTests(shop)
{
    private readonly string job = $"job-{Guid.NewGuid():N}";

    [Fact]
    public async Task A_TransactionScope_is_refused_with_a_way_out_and_the_jobs_stay_pending()
    {
        await using ShopContext context = Shop.NewContext();
        context.Order(job, job);
        using (new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            NotSupportedException refused = await Assert.ThrowsAsync<NotSupportedException>(() => context.SaveChangesAsync());
            Assert.Contains("BeginTransactionAsync", refused.Message, StringComparison.Ordinal);
        }

        Assert.Equal(0, await Shop.OrdersAsync(job));
        await context.SaveChangesAsync();
        Assert.Single(await Shop.JobsAsync(job));
    }

    [Fact]
    public async Task A_context_of_another_database_is_refused_and_saves_nothing()
    {
        using var file = new TestFile();
        await using var context = new ShopContext(new DbContextOptionsBuilder<ShopContext>().UseSqlite(file.Connection).UseAsyncMQ(Shop.Services).Options);
        await context.Database.EnsureCreatedAsync();
        context.Order(job, job);

        await Assert.ThrowsAsync<ArgumentException>(() => context.SaveChangesAsync());
        Assert.Equal(0, await context.Orders.CountAsync());
        Assert.Equal(1, context.Jobs().Count);
    }
}
