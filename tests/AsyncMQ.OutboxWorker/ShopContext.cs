using AsyncMQ;
using Microsoft.EntityFrameworkCore;

namespace AsyncMQ.OutboxWorker;

/// <summary>The user's context: orders, each number once, and an outbox for those who use it.</summary>
public sealed class ShopContext(DbContextOptions<ShopContext> options) : DbContext(options)
{
    public DbSet<Order> Orders => Set<Order>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Order>().HasIndex(static order => order.Number).IsUnique();
        modelBuilder.AddAsyncMQOutbox();
    }
}

public sealed class Order
{
    public int Id { get; set; }

    public required string Number { get; set; }
}
