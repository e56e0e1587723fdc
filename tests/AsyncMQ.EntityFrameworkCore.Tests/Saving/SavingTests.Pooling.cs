using AsyncMQ.OutboxWorker;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AsyncMQ.EntityFrameworkCore.Tests.Saving;

/// <content>Pooled contexts.</content>
public abstract partial class SavingTests
{
    [Fact]
    public async Task A_pooled_context_comes_back_without_jobs()
    {
        ShopContext first;
        await using (AsyncServiceScope scope = shop.Services.CreateAsyncScope())
        {
            first = scope.ServiceProvider.GetRequiredService<ShopContext>();
            first.Order(job, job);
        }

        await using (AsyncServiceScope scope = shop.Services.CreateAsyncScope())
        {
            ShopContext second = scope.ServiceProvider.GetRequiredService<ShopContext>();
            Assert.Equal(0, second.Jobs().Count);
            Assert.Equal(AutoTransactionBehavior.WhenNeeded, second.Database.AutoTransactionBehavior);
            second.Orders.Add(new() { Number = $"{job}-2" });
            await second.SaveChangesAsync();
            Assert.Empty(await shop.JobsAsync(job));

            second.Jobs().Add(job);
            await second.SaveChangesAsync();
        }

        Assert.Single(await shop.JobsAsync(job));
    }
}
