using Microsoft.Extensions.Logging;

namespace AsyncMQ.Redis.Connecting;

/// <summary>What the Redis store logs.</summary>
internal static partial class Log
{
    [LoggerMessage(70, LogLevel.Warning, "{Store} deletes keys when its memory is full (maxmemory-policy {Policy}), and with them jobs; set maxmemory-policy noeviction")]
    public static partial void Evicts(ILogger logger, string store, string? policy);

    [LoggerMessage(71, LogLevel.Warning, "{Store} writes no append-only file: when it restarts, jobs since its last snapshot are lost, or all; set appendonly yes")]
    public static partial void IsNotDurable(ILogger logger, string store);
}
