using System.Diagnostics;
using AsyncMQ.Redis.Tests.Faults.Kit;

namespace AsyncMQ.Redis.Tests.Faults;

/// <summary>The server is killed under load, and comes back without what it had not written yet.</summary>
[Collection(nameof(FaultTests))]
public sealed class LostWriteTests
{
    [Fact]
    public async Task A_killed_server_that_writes_its_file_once_a_second_loses_at_most_the_last_two()
    {
        await using OwnServer server = await OwnServer.StartAsync("--appendfsync", "everysec");
        await using var load = RedisLoad.On(server.Address, handler: TimeSpan.FromMilliseconds(10), lease: TimeSpan.FromSeconds(5));
        await load.StartAsync();
        IReadOnlyCollection<string> kept = load.Ids;
        long started = Stopwatch.GetTimestamp();
        await Wait.UntilAsync("these are on the disk", () => Stopwatch.GetElapsedTime(started) > TimeSpan.FromSeconds(2));

        await server.KillAsync();
        await server.LaunchAsync();

        await load.GoesOnAsync("after the server's return");
        await load.FinishAsync();
        await load.VerifyAsync(server, kept);
    }
}
