using System.Transactions;
using AsyncMQ.OutboxWorker;

namespace AsyncMQ.EntityFrameworkCore.Tests.Saving;

public sealed class PostgresOutboxSavingTests(PostgresOutboxShop shop) : SavingTests(shop), IClassFixture<PostgresOutboxShop>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Rows_come_or_go_with_a_TransactionScope(bool completes)
    {
        string job = $"job-{Guid.NewGuid():N}";
        await using ShopContext context = Shop.NewContext();
        using (var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            context.Order(job, job);
            await context.SaveChangesAsync();
            if (completes)
                scope.Complete();
        }

        Assert.Equal(completes ? 1 : 0, (await Shop.JobsAsync(job)).Count);
        Assert.Equal(completes ? 1 : 0, await Shop.OrdersAsync(job));
    }
}
