using System.Transactions;
using AsyncMQ.OutboxWorker;
using Microsoft.EntityFrameworkCore;

namespace AsyncMQ.EntityFrameworkCore.Tests.Saving;

/// <summary>What holds where jobs are written into the context's own database.</summary>
public abstract class DirectSavingTests(Shop shop) : SavingTests(shop)
{
    private readonly string job = $"job-{Guid.NewGuid():N}";

    [Fact]
    public async Task A_context_begins_transactions_by_itself_only_while_it_has_jobs()
    {
        await using ShopContext context = Shop.NewContext();
        context.Database.AutoTransactionBehavior = AutoTransactionBehavior.Never;
        context.Orders.Add(new() { Number = $"{job}-1" });
        await context.SaveChangesAsync();
        Assert.Equal(AutoTransactionBehavior.Never, context.Database.AutoTransactionBehavior);

        context.Order($"{job}-1", job);
        await Assert.ThrowsAsync<DbUpdateException>(() => context.SaveChangesAsync());
        Assert.Empty(await Shop.JobsAsync(job));
        context.ChangeTracker.Clear();
        context.Orders.Add(new() { Number = $"{job}-2" });
        await context.SaveChangesAsync();
        Assert.Equal(AutoTransactionBehavior.Never, context.Database.AutoTransactionBehavior);

        context.Jobs().Add(job);
        context.Jobs().Clear();
        Assert.Equal(AutoTransactionBehavior.Never, context.Database.AutoTransactionBehavior);
        Assert.Single(await Shop.JobsAsync(job));
    }

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
    public async Task A_context_without_jobs_saves_in_a_TransactionScope()
    {
        await using ShopContext context = Shop.NewContext();
        context.Orders.Add(new() { Number = job });
        using (var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            await context.SaveChangesAsync();
            scope.Complete();
        }

        Assert.Equal(1, await Shop.OrdersAsync(job));
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
