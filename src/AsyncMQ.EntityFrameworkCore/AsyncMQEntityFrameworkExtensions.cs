using AsyncMQ.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AsyncMQ;

/// <summary>Jobs that are saved by a context of Entity Framework Core, together with its entities.</summary>
public static class AsyncMQEntityFrameworkExtensions
{
    /// <summary>Saves the jobs of a context in its own database, for stores that live there: PostgreSQL and SQLite. They exist exactly if SaveChanges commits.</summary>
    /// <param name="builder">The context's options, with the provider of the store's database.</param>
    /// <param name="services">The services that AsyncMQ was added to.</param>
    /// <param name="installation">The name that it was added under; null: none.</param>
    /// <exception cref="InvalidOperationException">AsyncMQ was not added to the services.</exception>
    /// <exception cref="NotSupportedException">The store does not live in a database of the user's: use <see cref="UseAsyncMQOutbox"/>.</exception>
    public static TBuilder UseAsyncMQ<TBuilder>(this TBuilder builder, IServiceProvider services, string? installation = null)
        where TBuilder : DbContextOptionsBuilder => builder.With(AsyncMQOptionsExtension.Direct(services, installation));

    /// <summary>
    /// Saves the jobs of a context in an outbox, a table of its model, for any store: SaveChanges writes rows, which a relay moves to the store. Needs
    /// <see cref="AddAsyncMQOutbox"/> in the model, and <see cref="AddAsyncMQOutboxRelay"/> in at least one process.
    /// </summary>
    /// <param name="builder">The context's options, with a relational provider.</param>
    /// <param name="services">The services that AsyncMQ was added to.</param>
    /// <param name="installation">The name that it was added under; null: none.</param>
    /// <exception cref="InvalidOperationException">AsyncMQ was not added to the services.</exception>
    public static TBuilder UseAsyncMQOutbox<TBuilder>(this TBuilder builder, IServiceProvider services, string? installation = null)
        where TBuilder : DbContextOptionsBuilder => builder.With(AsyncMQOptionsExtension.Outbox(services, installation));

    /// <summary>Adds the outbox's table to the model, and so to its migrations.</summary>
    /// <param name="modelBuilder">The model, in <c>OnModelCreating</c>.</param>
    /// <param name="table">The table's name.</param>
    /// <param name="schema">Its schema; null: the model's.</param>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public static ModelBuilder AddAsyncMQOutbox(this ModelBuilder modelBuilder, string table = "asyncmq_outbox", string? schema = null)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);
        ArgumentException.ThrowIfNullOrWhiteSpace(table);
        return modelBuilder.Entity<OutboxGroup>(row =>
        {
            row.ToTable(table, schema);
            row.HasKey(static group => group.Id);
            row.Property(static group => group.Id).ValueGeneratedOnAdd();
            row.Property(static group => group.Content).IsRequired();
        });
    }

    /// <summary>
    /// Moves the rows of a context's outbox to the store while the host runs. Any number of processes may have one: a row that two of them move is one group
    /// of jobs.
    /// </summary>
    /// <typeparam name="TContext">A context of the services, with <see cref="UseAsyncMQOutbox"/>.</typeparam>
    /// <param name="services">The services of the host.</param>
    /// <param name="configure">How often it looks; null: the defaults.</param>
    public static IServiceCollection AddAsyncMQOutboxRelay<TContext>(this IServiceCollection services, Action<OutboxRelayOptions>? configure = null)
        where TContext : DbContext
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = new OutboxRelayOptions();
        configure?.Invoke(options);
        if (!services.Any(static service => service.ServiceType == typeof(OutboxSignal)))
            services.AddSingleton<OutboxSignal>();
        return services.AddSingleton<IHostedService>(provider => new OutboxRelay<TContext>(provider, options));
    }

    /// <summary>The jobs of a context: what is added here is saved by its next SaveChanges, together with its entities.</summary>
    /// <exception cref="InvalidOperationException">The context was configured without AsyncMQ.</exception>
    public static ContextJobs Jobs(this DbContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return AsyncMQOptionsExtension.Find(context) is null
            ? throw new InvalidOperationException(
                $"{context.GetType().Name} was configured without AsyncMQ. Say AddDbContext<{context.GetType().Name}>((sp, o) => o.Use…(…).UseAsyncMQ(sp)), or UseAsyncMQOutbox(sp).")
            : context.GetService<ContextJobs>();
    }

    private static TBuilder With<TBuilder>(this TBuilder builder, AsyncMQOptionsExtension extension)
        where TBuilder : DbContextOptionsBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        ((IDbContextOptionsBuilderInfrastructure)builder).AddOrUpdateExtension(extension);
        return builder;
    }
}
