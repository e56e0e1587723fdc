using AsyncMQ.Redis.Tests.Faults.Kit;

namespace AsyncMQ.Redis.Tests.Faults;

/// <summary>All connections of a process fall silent under load, and are not closed.</summary>
[Collection(nameof(FaultTests))]
public sealed class HungConnectionTests
{
    [Fact]
    public async Task Connections_that_fall_silent_for_good_are_given_up_and_nothing_is_lost()
    {
        await using OwnServer server = await OwnServer.StartAsync();
        await using var proxy = new TcpProxy(server.Port);
        await using var load = RedisLoad.On($"{proxy.Address},asyncTimeout=1000,syncTimeout=1000");
        await load.StartAsync();

        proxy.Hang();
        TimeSpan took = await load.ClaimsAsync("after its connections fell silent");

        await load.GoesOnAsync("after its connections fell silent");
        await load.FinishAsync();
        TestContext.Current.TestOutputHelper?.WriteLine($"claimed again after {took.TotalSeconds:0.00} s");
        await load.VerifyAsync(server);
    }
}
