using AsyncMQ.Redis.Tests.Faults.Kit;
using StackExchange.Redis;

namespace AsyncMQ.Redis.Tests.Faults;

/// <summary>Somebody tells the server to forget its scripts, again and again.</summary>
[Collection(nameof(FaultTests))]
public sealed class ScriptFlushTests
{
    private const int Rounds = 20;
    private const int FlushesInARound = 50;

    [Fact]
    public async Task Scripts_flushed_a_thousand_times_under_load_lose_and_repeat_nothing()
    {
        await using OwnServer server = await OwnServer.StartAsync();
        await using ConnectionMultiplexer administrator = await server.ConnectAsync();
        await using var load = RedisLoad.On(server.Address);
        await load.StartAsync();

        for (int round = 0; round < Rounds; round++)
        {
            for (int flush = 0; flush < FlushesInARound; flush++)
                await administrator.GetDatabase().ExecuteAsync("SCRIPT", "FLUSH");
            await load.GoesOnAsync($"after round {round} of flushes");
        }

        await load.FinishAsync();
        await load.VerifyAsync(server);
        Assert.Empty(load.Refusals);
    }
}
