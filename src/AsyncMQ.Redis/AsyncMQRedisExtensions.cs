using AsyncMQ.Redis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace AsyncMQ;

/// <summary>Chooses the Redis store.</summary>
public static class AsyncMQRedisExtensions
{
    /// <summary>Keeps jobs on a Redis server: fast, and shared by any number of machines. How durable they are is the server's setting.</summary>
    /// <param name="builder">The installation.</param>
    /// <param name="configuration">The server, for example <c>localhost:6379</c>.</param>
    /// <param name="configure">The installation's name, connections of the application's own; null: the defaults.</param>
    /// <exception cref="ArgumentException">The configuration is empty, or not one.</exception>
    /// <exception cref="InvalidOperationException">A store was chosen already.</exception>
    public static AsyncMQBuilder UseRedis(this AsyncMQBuilder builder, string configuration, Action<RedisStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (string.IsNullOrWhiteSpace(configuration))
            throw new ArgumentException("The configuration of the Redis store must not be empty. Give the server, for example 'localhost:6379'.", nameof(configuration));

        _ = ConfigurationOptions.Parse(configuration);
        var options = new RedisStoreOptions { Configuration = configuration };
        configure?.Invoke(options);
        return builder.UseStore((_, services) => new RedisJobStore(options, LoggerOf(services)));
    }

    /// <summary>Keeps jobs on a Redis server, through a connection that the application has already.</summary>
    /// <param name="builder">The installation.</param>
    /// <param name="connection">The connection; it stays the application's, and open.</param>
    /// <param name="configure">The installation's name, the connection for leases; null: the defaults.</param>
    /// <exception cref="InvalidOperationException">A store was chosen already.</exception>
    public static AsyncMQBuilder UseRedis(this AsyncMQBuilder builder, IConnectionMultiplexer connection, Action<RedisStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(connection);
        RedisStoreOptions options = OptionsOf(connection, configure);
        return builder.UseStore((_, services) => new RedisJobStore(options, LoggerOf(services)));
    }

    /// <summary>Keeps jobs on a Redis server, through the connection that the services have: an <see cref="IConnectionMultiplexer"/>.</summary>
    /// <param name="builder">The installation.</param>
    /// <param name="configure">The installation's name, the connection for leases; null: the defaults.</param>
    /// <exception cref="InvalidOperationException">A store was chosen already; or, when the host is made, the services have no connection.</exception>
    public static AsyncMQBuilder UseRedis(this AsyncMQBuilder builder, Action<RedisStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.UseStore((_, services) =>
        {
            IConnectionMultiplexer connection = services.GetService<IConnectionMultiplexer>() ?? throw new InvalidOperationException(
                "UseRedis() uses the IConnectionMultiplexer of the services, but there is none. Register one, or name the server: UseRedis(\"localhost:6379\").");
            return new RedisJobStore(OptionsOf(connection, configure), LoggerOf(services));
        });
    }

    private static RedisStoreOptions OptionsOf(IConnectionMultiplexer connection, Action<RedisStoreOptions>? configure)
    {
        var options = new RedisStoreOptions { Configuration = connection.Configuration, Connection = connection };
        configure?.Invoke(options);
        return options;
    }

    private static ILogger? LoggerOf(IServiceProvider services) => services.GetService<ILoggerFactory>()?.CreateLogger("AsyncMQ.Redis");
}
