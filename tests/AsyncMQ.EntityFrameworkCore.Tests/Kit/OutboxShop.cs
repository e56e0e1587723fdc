using AsyncMQ.OutboxWorker;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace AsyncMQ.EntityFrameworkCore.Tests.Kit;

/// <summary>Orders and an outbox in an SQLite file, jobs on Redis, and a relay between them.</summary>
public sealed class OutboxShop : Shop
{
    private readonly TestFile file = new();
    private string redis = "";

    public override async ValueTask InitializeAsync()
    {
        redis = await RedisForAll.AddressAsync();
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        file.Dispose();
    }

    public override async Task<IReadOnlyList<JobInfo>> JobsAsync(string name)
    {
        await using ShopContext context = NewContext();
        await Wait.UntilAsync("the outbox is empty", async () => !await context.Set<OutboxGroup>().AnyAsync());
        return await base.JobsAsync(name);
    }

    public override void Use(DbContextOptionsBuilder options, IServiceProvider services, Func<ExecutionStrategyDependencies, IExecutionStrategy>? strategy = null) =>
        options.UseSqlite(file.Connection, sqlite => sqlite.ExecutionStrategy(strategy ?? (static parts => new NonRetryingExecutionStrategy(parts)))).UseAsyncMQOutbox(services);

    protected override void UseStore(AsyncMQBuilder mq) => mq.UseRedis(redis, options => options.Name = Guid.NewGuid().ToString("N"));

    protected override void AddServices(IServiceCollection services) =>
        services.AddAsyncMQOutboxRelay<ShopContext>(static relay => relay.PollInterval = TimeSpan.FromMilliseconds(20));
}
