using AsyncMQ.Storage;
using StackExchange.Redis;

namespace AsyncMQ.Redis.Connecting;

/// <summary>
/// The two connections of the store: one for its work, one for leases alone, which have to get through whatever else there is to send. Made when the
/// store starts, but for those that the application gave; only what was made here is closed here.
/// </summary>
internal sealed class RedisConnections(RedisStoreOptions options) : IAsyncDisposable
{
    private const int ReconnectAfterMilliseconds = 250;

    // The driver gives a connection up when nothing came for more than four of these (in whole seconds) and something timed out: within a third of a lease of
    // 15 s. Its default of five seconds takes longer than the lease.
    private const int LeaseTimeoutMilliseconds = 750;

    private readonly SemaphoreSlim starting = new(1, 1);
    private IConnectionMultiplexer? work = options.Connection;
    private IConnectionMultiplexer? leases = options.LeaseConnection;

    /// <summary>The server in words, without secrets.</summary>
    public string Place { get; } = string.Join(',', ConfigurationOptions.Parse(options.Configuration).EndPoints.Select(static point => Format(point)));

    public IConnectionMultiplexer Multiplexer => work ?? throw NotStarted();

    public IDatabase Work => Multiplexer.GetDatabase();

    public IDatabase Leases => (leases ?? throw NotStarted()).GetDatabase();

    /// <summary>Connects, if that is to be done.</summary>
    /// <exception cref="StoreException">The server cannot be reached, or does not let us in.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await starting.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            work ??= await ConnectAsync(options.Configuration, $"AsyncMQ {options.Name} work").WaitAsync(cancellationToken).ConfigureAwait(false);
            leases ??= await ConnectForLeasesAsync(options.Configuration, $"AsyncMQ {options.Name} leases").WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (RedisConnectionException error)
        {
            throw new StoreException($"Redis at {Place} cannot be reached: {error.Message}", error);
        }
        finally
        {
            starting.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(CloseAsync(leases, options.LeaseConnection), CloseAsync(work, options.Connection)).ConfigureAwait(false);
        starting.Dispose();
    }

    // What is on its way may end where there is a server; otherwise it would be waited for in vain.
    private static async Task CloseAsync(IConnectionMultiplexer? connection, IConnectionMultiplexer? given)
    {
        if (connection is null || given is not null)
            return;
        await connection.CloseAsync(allowCommandsToComplete: connection.IsConnected).ConfigureAwait(false);
        await connection.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Connects to a server, with threads of the connection's own.</summary>
    public static Task<IConnectionMultiplexer> ConnectAsync(string configuration, string name) => ConnectAsync(ConfigurationOptions.Parse(configuration), name);

    // One that falls silent must be noticed while there is time to renew on another.
    private static Task<IConnectionMultiplexer> ConnectForLeasesAsync(string configuration, string name)
    {
        ConfigurationOptions parsed = ConfigurationOptions.Parse(configuration);
        if (!configuration.Contains("syncTimeout", StringComparison.OrdinalIgnoreCase)) // or asyncTimeout
            parsed.SyncTimeout = parsed.AsyncTimeout = LeaseTimeoutMilliseconds;

        // A question each second: so silence is the server's, and not that nobody asked since the last renewal.
        parsed.HeartbeatConsistencyChecks = true;
        return ConnectAsync(parsed, name);
    }

    private static async Task<IConnectionMultiplexer> ConnectAsync(ConfigurationOptions parsed, string name)
    {
        // Read by threads of the pool, an answer to a renewal is not seen while blocking handlers fill it: a renewal then timed out after five seconds, with
        // threads of its own it took five milliseconds. The driver has the switch for the whole process only, and heeds it when it connects.
        ConnectionMultiplexer.SetFeatureFlag("DedicatedThreads", true);
        parsed.ClientName ??= name;

        // The driver's own would wait 2.5 to 10 s between two tries, while workers are to claim again within 2 s of a server's return. It looks once a second.
        parsed.ReconnectRetryPolicy = new LinearRetry(ReconnectAfterMilliseconds);
        return await ConnectionMultiplexer.ConnectAsync(parsed).ConfigureAwait(false);
    }

    private static string Format(System.Net.EndPoint point) => point is System.Net.DnsEndPoint dns ? $"{dns.Host}:{dns.Port}" : point.ToString() ?? "?";

    private static InvalidOperationException NotStarted() => new("The store was not started.");
}
