using AsyncMQ.OutboxWorker;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace AsyncMQ.EntityFrameworkCore.Tests.Saving;

/// <content>Pooled contexts.</content>
public abstract partial class SavingTests
{
    [Fact]
    public async Task A_pooled_context_comes_back_without_jobs()
    {
        var options = new DbContextOptionsBuilder<ShopContext>();
        shop.Use(options, shop.Services);
        var pool = new PooledDbContextFactory<ShopContext>(options.Options, poolSize: 1);
        ShopContext first = await pool.CreateDbContextAsync();
        first.Order(job, job);
        await first.DisposeAsync();

        await using ShopContext second = await pool.CreateDbContextAsync();
        Assert.Same(first, second);
        Assert.Equal(0, second.Jobs().Count);
        Assert.Equal(AutoTransactionBehavior.WhenNeeded, second.Database.AutoTransactionBehavior);
        second.Orders.Add(new() { Number = $"{job}-2" });
        await second.SaveChangesAsync();
        Assert.Empty(await shop.JobsAsync(job));

        second.Jobs().Add(job);
        await second.SaveChangesAsync();
        Assert.Single(await shop.JobsAsync(job));
    }
}
