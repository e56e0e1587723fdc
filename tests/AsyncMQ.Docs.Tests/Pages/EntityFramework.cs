using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AsyncMQ.Docs.Tests.Pages.EntityFramework;

// The code of docs/entity-framework.md: each of its C# blocks stands here as it is there.

[Job("receipt.send")]
public sealed record SendReceipt(string Number) : IJob;

[Job("order.ship")]
public sealed record Ship(string Number) : IJob;

public sealed class Order
{
    public int Id { get; set; }

    public required string Number { get; set; }

    public bool IsShipped { get; set; }
}

public sealed class ShopContext(DbContextOptions<ShopContext> options) : DbContext(options)
{
    public DbSet<Order> Orders => Set<Order>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.AddAsyncMQOutbox();                                       // or with a table and a schema: ("jobs_to_add", "shop")
    }
}

public sealed class ShipHandler(ShopContext db) : IJobHandler<Ship>
{
    public async Task HandleAsync(Ship job, JobContext context, CancellationToken cancellationToken)
    {
        await using IDbContextTransaction transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        Order order = await db.Orders.SingleAsync(order => order.Number == job.Number, cancellationToken);
        order.IsShipped = true;
        db.Jobs().Add(new SendReceipt(order.Number));
        await db.SaveChangesAsync(cancellationToken);
        await context.CompleteInAsync(transaction.GetDbTransaction(), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}

public sealed class SendReceiptHandler : IJobHandler<SendReceipt>
{
    public Task HandleAsync(SendReceipt job, JobContext context, CancellationToken cancellationToken) => Task.CompletedTask;
}

public sealed class EntityFrameworkTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("asyncmq-docs-").FullName;

    [Fact]
    public async Task Orders_and_their_jobs_are_saved_together()
    {
        using IHost host = await StartAsync();
        await using AsyncServiceScope scope = host.Services.CreateAsyncScope();
        ShopContext db = scope.ServiceProvider.GetRequiredService<ShopContext>();
        IJobClient client = host.Services.GetRequiredService<IJobClient>();

        var order = new Order { Number = "A-1" };
        db.Orders.Add(order);
        db.Jobs().Add(new SendReceipt(order.Number), new() { Delay = TimeSpan.FromMinutes(5) });
        await db.SaveChangesAsync();                                               // the order and its job, or neither

        Assert.Equal(1, (await client.GetQueue("default").GetStatsAsync()).Delayed);
        await SaveWithItsIdAsync(db, new() { Number = "A-2" });
        JobInfo invoice = await FindParkedAsync(client.GetQueue("default"), "invoice");
        Assert.True(invoice.Args[0].GetInt32() > 0);

        JobHandle shipped = db.Jobs().Add(new Ship("A-1"));
        await db.SaveChangesAsync();
        await shipped.WaitAsync(TestContext.Current.CancellationToken);
        Assert.True((await db.Orders.AsNoTracking().SingleAsync(one => one.Number == "A-1")).IsShipped);
        await host.StopAsync();
    }

    [Fact]
    public void Contexts_are_configured_for_the_database_itself_or_for_an_outbox()
    {
        Assert.NotEmpty(Direct(new ServiceCollection(), "Host=localhost"));
        Assert.NotEmpty(ByOutbox(new ServiceCollection()));
    }

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    private static async Task SaveWithItsIdAsync(ShopContext db, Order order)
    {
        await using IDbContextTransaction transaction = await db.Database.BeginTransactionAsync();
        db.Orders.Add(order);
        await db.SaveChangesAsync();                                               // now it has its id
        db.Jobs().Add("invoice", [order.Id]);
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
    }

    private static ServiceCollection Direct(ServiceCollection services, string connectionString)
    {
        services.AddAsyncMQ(mq => mq.UsePostgres(connectionString));
        services.AddDbContext<ShopContext>((sp, options) => options.UseNpgsql(connectionString).UseAsyncMQ(sp));
        return services;
    }

    private static ServiceCollection ByOutbox(ServiceCollection services)
    {
        services.AddAsyncMQ(mq => mq.UseRedis("localhost:6379"));
        services.AddDbContext<ShopContext>((sp, options) => options.UseSqlite("Data Source=shop.db").UseAsyncMQOutbox(sp));
        services.AddAsyncMQOutboxRelay<ShopContext>();
        return services;
    }

    // No handler knows it: the worker meets it and puts it aside, and where it is meanwhile cannot be told.
    private static async Task<JobInfo> FindParkedAsync(IJobQueue queue, string name)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        while (true)
        {
            if ((await queue.GetJobsAsync(new() { Name = name }, patience.Token)).Jobs is [{ IsParked: true } job])
                return job;
            await Task.Delay(20, patience.Token);
        }
    }

    private async Task<IHost> StartAsync()
    {
        string path = Path.Combine(folder, "shop.db");
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Services.AddAsyncMQ(mq => mq
            .UseSqlite(path, options => options.SharesFile = true)
            .AddHandler<Ship, ShipHandler>()
            .AddHandler<SendReceipt, SendReceiptHandler>()
            .AddWorker("default"));
        builder.Services.AddDbContext<ShopContext>((sp, options) => options.UseSqlite($"Data Source={path}").UseAsyncMQ(sp));
        IHost host = builder.Build();
        await using (AsyncServiceScope scope = host.Services.CreateAsyncScope())
            await scope.ServiceProvider.GetRequiredService<ShopContext>().Database.EnsureCreatedAsync();
        await host.StartAsync();
        return host;
    }
}
