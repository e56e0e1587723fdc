using AsyncMQ.OutboxWorker;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AsyncMQ.EntityFrameworkCore.Tests.Kit;

/// <summary>Orders and an outbox in one database, jobs in another store, and a relay between them.</summary>
public abstract class OutboxShop : Shop
{
    public override async Task<IReadOnlyList<JobInfo>> JobsAsync(string name)
    {
        await using ShopContext context = NewContext();
        await Wait.UntilAsync("the outbox is empty", async () => !await context.Set<OutboxGroup>().AnyAsync());
        return await base.JobsAsync(name);
    }

    protected override void AddServices(IServiceCollection services) =>
        services.AddAsyncMQOutboxRelay<ShopContext>(static relay => relay.PollInterval = TimeSpan.FromMilliseconds(20));
}
