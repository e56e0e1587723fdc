using AsyncMQ.OutboxWorker;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AsyncMQ.EntityFrameworkCore.Tests;

/// <summary>What is set up wrongly says what to do.</summary>
public sealed class SetupTests
{
    [Fact]
    public void A_context_without_AsyncMQ_says_how_to_configure_it()
    {
        using var context = new ShopContext(new DbContextOptionsBuilder<ShopContext>().UseSqlite("Data Source=none").Options);
        Assert.Contains("UseAsyncMQ(sp)", Assert.Throws<InvalidOperationException>(context.Jobs).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Services_without_AsyncMQ_are_refused()
    {
        using ServiceProvider services = new ServiceCollection().BuildServiceProvider();
        Assert.Contains("AddAsyncMQ", Assert.Throws<InvalidOperationException>(() => new DbContextOptionsBuilder().UseAsyncMQ(services)).Message, StringComparison.Ordinal);
        Assert.Contains("'other'", Assert.Throws<InvalidOperationException>(() => new DbContextOptionsBuilder().UseAsyncMQOutbox(services, "other")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_outside_the_database_is_refused_in_favour_of_the_outbox()
    {
        await using ServiceProvider services = new ServiceCollection().AddAsyncMQ(static mq => mq.UseInMemory()).BuildServiceProvider();
        Assert.Contains("outbox", Assert.Throws<NotSupportedException>(() => new DbContextOptionsBuilder().UseAsyncMQ(services)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_provider_that_is_not_relational_is_refused()
    {
        await using ServiceProvider services = new ServiceCollection().AddAsyncMQ(static mq => mq.UseInMemory()).BuildServiceProvider();
        DbContextOptions<ShopContext> options = new DbContextOptionsBuilder<ShopContext>().UseAsyncMQOutbox(services).Options;
        Assert.Contains("relational", Assert.Throws<InvalidOperationException>(() => new ShopContext(options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_without_an_outbox_says_how_to_add_it()
    {
        await using ServiceProvider services = new ServiceCollection().AddAsyncMQ(static mq => mq.UseInMemory()).BuildServiceProvider();
        using var context = new DbContext(new DbContextOptionsBuilder().UseSqlite("Data Source=none").UseAsyncMQOutbox(services).Options);
        Assert.Contains("AddAsyncMQOutbox()", Assert.Throws<InvalidOperationException>(() => context.Jobs().Add("x")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_relay_of_a_context_without_an_outbox_fails_the_start()
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Services.AddAsyncMQ(static mq => mq.UseInMemory());
        builder.Services.AddDbContext<ShopContext>(static options => options.UseSqlite("Data Source=none"));
        builder.Services.AddAsyncMQOutboxRelay<ShopContext>();
        using IHost host = builder.Build();
        Assert.Contains("UseAsyncMQOutbox", (await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_table_of_the_outbox_has_the_name_and_schema_that_are_given()
    {
        using var context = new OtherContext();
        Assert.Equal(("jobs", "shop"), (context.Model.FindEntityType(typeof(OutboxGroup))!.GetTableName(), context.Model.FindEntityType(typeof(OutboxGroup))!.GetSchema()));
    }

    private sealed class OtherContext : DbContext
    {
        protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder) => optionsBuilder.UseNpgsql("Host=none");

        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.AddAsyncMQOutbox("jobs", "shop");
    }
}
