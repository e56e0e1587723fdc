using StackExchange.Redis;

namespace AsyncMQ.Redis.Tests.Faults.Kit;

/// <summary>A load on an installation of a server of the test's own, and what is to be looked at there when all is over.</summary>
internal static class RedisLoad
{
    public const string Name = "faults";

    /// <summary>A load.</summary>
    /// <param name="configuration">The server, or a way to it.</param>
    /// <param name="handler">How long each job takes.</param>
    /// <param name="lease">How long the process may be silent.</param>
    public static FaultLoad On(string configuration, TimeSpan handler = default, TimeSpan? lease = null) =>
        new(builder => builder.UseRedis(configuration, static options => options.Name = Name), handler, lease);

    /// <summary>As <see cref="FaultLoad.VerifyAsync"/>, and no key of the server is a stray.</summary>
    /// <param name="load">The load.</param>
    /// <param name="server">The server, past the faulty way.</param>
    /// <param name="kept">The jobs that must be there; null: all.</param>
    public static async Task VerifyAsync(this FaultLoad load, OwnServer server, IReadOnlyCollection<string>? kept = null)
    {
        await using ConnectionMultiplexer connection = await server.ConnectAsync();
        await using IJobStore store = await RedisStores.OpenAsync(new() { Connection = connection, LeaseConnection = connection, Name = Name });
        await load.VerifyAsync(store, kept);
        Assert.Empty(await KeyAudit.FindStraysAsync(connection, Name));
        TestContext.Current.TestOutputHelper?.WriteLine(await ScriptTimes.TellAsync(server));
    }
}
