using AsyncMQ.Queues;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace AsyncMQ.EntityFrameworkCore;

/// <summary>
/// What a context's options say of AsyncMQ. The services that it adds to Entity Framework's own are shared by all contexts of the process, whatever their
/// installation: so they hold no client, but find it here.
/// </summary>
internal sealed class AsyncMQOptionsExtension(JobClient client, OutboxSignal? signal, bool isOutbox) : IDbContextOptionsExtension
{
    public DbContextOptionsExtensionInfo Info => field ??= new Description(this);

    public JobClient Client => client;

    /// <summary>Tells the relays of this process; null: there is none.</summary>
    public OutboxSignal? Signal => signal;

    public bool IsOutbox => isOutbox;

    public static AsyncMQOptionsExtension Direct(IServiceProvider services, string? installation)
    {
        JobClient client = ClientOf(services, installation);
        Transactions.Require(client.Parts.Store);
        return new(client, null, isOutbox: false);
    }

    public static AsyncMQOptionsExtension Outbox(IServiceProvider services, string? installation) =>
        new(ClientOf(services, installation), services.GetService<OutboxSignal>(), isOutbox: true);

    public static AsyncMQOptionsExtension? Find(DbContext context) => context.GetService<IDbContextOptions>().FindExtension<AsyncMQOptionsExtension>();

    public void ApplyServices(IServiceCollection services)
    {
        if (isOutbox)
            services.AddScoped<ContextSaving, OutboxSaving>();
        else
            services.AddScoped<ContextSaving, DirectSaving>();

        services.AddScoped<IInterceptor>(static context => context.GetRequiredService<ContextSaving>());
        services.AddScoped<IResettableService>(static context => context.GetRequiredService<ContextSaving>());
        services.AddScoped(static context => new ContextJobs(context.GetRequiredService<ContextSaving>()));
    }

    public void Validate(IDbContextOptions options)
    {
        if (!options.Extensions.OfType<RelationalOptionsExtension>().Any())
            throw new InvalidOperationException("Jobs are saved in a transaction of the context's, so its provider must be a relational one: UseNpgsql, UseSqlite, UseSqlServer or their like.");
    }

    private static JobClient ClientOf(IServiceProvider services, string? installation)
    {
        ArgumentNullException.ThrowIfNull(services);
        IJobClient? client = installation is null ? services.GetService<IJobClient>() : services.GetKeyedService<IJobClient>(installation);
        return client as JobClient ?? throw new InvalidOperationException(installation is null
            ? "AsyncMQ was not added to the services: call AddAsyncMQ(…)."
            : $"No installation named '{installation}' was added to the services: call AddAsyncMQ(\"{installation}\", …).");
    }

    private sealed class Description(AsyncMQOptionsExtension extension) : DbContextOptionsExtensionInfo(extension)
    {
        public override bool IsDatabaseProvider => false;

        public override string LogFragment => IsOutbox ? "using AsyncMQ through an outbox " : "using AsyncMQ ";

        private bool IsOutbox => ((AsyncMQOptionsExtension)Extension).IsOutbox;

        public override int GetServiceProviderHashCode() => IsOutbox ? 1 : 0;

        public override bool ShouldUseSameServiceProvider(DbContextOptionsExtensionInfo other) => other is Description described && described.IsOutbox == IsOutbox;

        public override void PopulateDebugInfo(IDictionary<string, string> debugInfo) => debugInfo["AsyncMQ:IsOutbox"] = IsOutbox.ToString();
    }
}
