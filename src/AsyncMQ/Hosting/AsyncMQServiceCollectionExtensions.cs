using AsyncMQ.Hosting;
using AsyncMQ.Workers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AsyncMQ;

/// <summary>Adds AsyncMQ to a host.</summary>
public static class AsyncMQServiceCollectionExtensions
{
    /// <summary>Adds an installation: an <see cref="IJobClient"/>, and workers that start and stop with the host.</summary>
    /// <exception cref="InvalidOperationException">There is one already; give the second a name.</exception>
    public static IServiceCollection AddAsyncMQ(this IServiceCollection services, Action<AsyncMQBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        if (services.Any(service => service.ServiceType == typeof(Installation) && !service.IsKeyedService))
            throw new InvalidOperationException("AsyncMQ was added already. Give a second installation a name: AddAsyncMQ(\"reports\", …), and ask for it with [FromKeyedServices(\"reports\")].");

        var builder = new AsyncMQBuilder(services);
        configure(builder);
        services.AddSingleton(provider => new Installation(builder, provider));
        services.AddSingleton<IJobClient>(provider => provider.GetRequiredService<Installation>().Client);
        return services.AddService(builder, static (provider, _) => provider.GetRequiredService<Installation>());
    }

    /// <summary>Adds a named installation beside others: another store, its own workers. Ask for its client with <c>[FromKeyedServices("name")]</c>.</summary>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    /// <exception cref="InvalidOperationException">There is one of that name already.</exception>
    public static IServiceCollection AddAsyncMQ(this IServiceCollection services, string name, Action<AsyncMQBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(configure);
        if (services.Any(service => service.ServiceType == typeof(Installation) && service.IsKeyedService && Equals(service.ServiceKey, name)))
            throw new InvalidOperationException($"An installation named '{name}' was added already.");

        var builder = new AsyncMQBuilder(services) { Installation = name };
        configure(builder);
        services.AddKeyedSingleton(name, (provider, _) => new Installation(builder, provider));
        services.AddKeyedSingleton<IJobClient>(name, (provider, _) => provider.GetRequiredKeyedService<Installation>(name).Client);
        return services.AddService(builder, static (provider, name) => provider.GetRequiredKeyedService<Installation>(name));
    }

    // In a process of isolated jobs it comes before all other services, which must not start there.
    private static IServiceCollection AddService(this IServiceCollection services, AsyncMQBuilder builder, Func<IServiceProvider, string, Installation> find)
    {
        if (IsolatedChild.IsOne)
            services.Insert(0, ServiceDescriptor.Singleton<IHostedService>(provider => new IsolatedService(builder, provider)));
        else
            services.AddSingleton<IHostedService>(provider => new WorkerService(find(provider, builder.Installation)));
        return services;
    }
}
