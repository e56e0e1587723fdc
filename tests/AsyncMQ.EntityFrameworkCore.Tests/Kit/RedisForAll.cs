using AsyncMQ.Redis.Tests.Faults.Kit;

namespace AsyncMQ.EntityFrameworkCore.Tests.Kit;

/// <summary>One Redis server for the run; each test has an installation of its own on it.</summary>
internal static class RedisForAll
{
    private static readonly Lazy<Task<OwnServer>> Shared = new(static async () =>
    {
        OwnServer server = await OwnServer.StartAsync();
        server.EndWithTheRun();
        return server;
    });

    public static async Task<string> AddressAsync() => (await Shared.Value).Address;
}
