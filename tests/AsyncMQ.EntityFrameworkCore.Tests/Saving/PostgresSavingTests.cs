using System.Transactions;
using AsyncMQ.OutboxWorker;

namespace AsyncMQ.EntityFrameworkCore.Tests.Saving;

public sealed class PostgresSavingTests(PostgresShop shop) : DirectSavingTests(shop), IClassFixture<PostgresShop>
{
    [Fact]
    public async Task A_context_without_jobs_saves_in_a_TransactionScope()
    {
        await using ShopContext context = Shop.NewContext();
        context.Orders.Add(new() { Number = "in-a-scope" });
        using (var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            await context.SaveChangesAsync();
            scope.Complete();
        }

        Assert.Equal(1, await Shop.OrdersAsync("in-a-scope"));
    }
}
