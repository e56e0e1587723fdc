using AsyncMQ.OutboxWorker;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AsyncMQ.EntityFrameworkCore.Tests.Kit;

/// <summary>A host with a database of the user's, a store, and contexts that save jobs: what the tests of one class share. Each uses a job name of its own.</summary>
public abstract class Shop : IAsyncLifetime
{
    private IHost? host;

    public IServiceProvider Services => host!.Services;

    public IJobClient Client => Services.GetRequiredService<IJobClient>();

    public virtual async ValueTask InitializeAsync()
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddAsyncMQ(UseStore);
        builder.Services.AddDbContext<ShopContext>((services, options) => Use(options, services));
        AddServices(builder.Services);
        host = builder.Build();
        await CreateTablesAsync();
        await host.StartAsync();
    }

    public virtual async ValueTask DisposeAsync()
    {
        await host!.StopAsync();
        host.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>A context, with what a test wants besides.</summary>
    public ShopContext NewContext(Action<DbContextOptionsBuilder>? more = null)
    {
        var options = new DbContextOptionsBuilder<ShopContext>();
        Use(options, Services);
        more?.Invoke(options);
        return new(options.Options);
    }

    /// <summary>The jobs of a name, once what is committed has reached the store.</summary>
    public virtual async Task<IReadOnlyList<JobInfo>> JobsAsync(string name) =>
        (await Client.GetQueue("default").GetJobsAsync(new() { Name = name, Take = 1_000 })).Jobs;

    /// <summary>The orders that are committed, of those numbers.</summary>
    public async Task<int> OrdersAsync(params string[] numbers)
    {
        await using ShopContext context = NewContext();
        return await context.Orders.CountAsync(order => numbers.Contains(order.Number));
    }

    /// <summary>The provider, with a strategy for retries if one is given, and the way of saving jobs.</summary>
    public abstract void Use(DbContextOptionsBuilder options, IServiceProvider services, Func<ExecutionStrategyDependencies, IExecutionStrategy>? strategy = null);

    protected abstract void UseStore(AsyncMQBuilder mq);

    protected virtual void AddServices(IServiceCollection services)
    {
    }

    private async Task CreateTablesAsync()
    {
        await using ShopContext context = NewContext();
        var creator = context.GetService<IRelationalDatabaseCreator>();
        if (!await creator.ExistsAsync())
            await creator.CreateAsync();
        await creator.CreateTablesAsync();
    }
}
