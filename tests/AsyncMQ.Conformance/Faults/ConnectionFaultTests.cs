using System.Diagnostics;

namespace AsyncMQ.Conformance.Faults;

/// <summary>The network between a process and its server fails again and again while it adds jobs and works them off.</summary>
/// <param name="start">Starts the server.</param>
public abstract class ConnectionFaultTests(Func<Task<IServerUnderFault>> start)
{
    private const int Rounds = 50;

    [Fact]
    public async Task A_connection_that_fails_fifty_times_loses_and_repeats_nothing()
    {
        await using IServerUnderFault server = await start();
        await using var proxy = new TcpProxy(server.Port);
        await using var load = new FaultLoad(builder => server.Use(builder, proxy.Port));
        await load.StartAsync();
        int seed = Environment.TickCount;
        var random = new Random(seed);

        List<(string What, TimeSpan Took)> rounds = [];
        for (int round = 0; round < Rounds; round++)
        {
            string what = await FailAsync(proxy, server.MarkOfStep, random, round);
            rounds.Add((what, await load.GoesOnAsync($"after {what} in round {round}, seed {seed}")));
        }

        await load.FinishAsync();
        Say($"seed {seed}, {proxy.Accepted} connections");
        foreach (IGrouping<string, TimeSpan> kind in rounds.GroupBy(static round => round.What, static round => round.Took))
            Say($"{kind.Key}: {kind.Count()} times, goes on after {kind.Average(static took => took.TotalSeconds):0.00} s, at most {kind.Max().TotalSeconds:0.00} s");
        await server.VerifyAsync(load);
        Assert.Empty(load.Refusals);
    }

    // Each of the network's ways to fail, in turn.
    private static async Task<string> FailAsync(TcpProxy proxy, ReadOnlyMemory<byte> markOfStep, Random random, int round)
    {
        long started = Stopwatch.GetTimestamp();
        TimeSpan lasts = TimeSpan.FromMilliseconds(random.Next(1, 100));
        switch (round % 6)
        {
            case 0:
                proxy.Cut();
                return "cut";
            case 1:
                proxy.Refuse();
                await Wait.UntilAsync("a moment has passed", () => Stopwatch.GetElapsedTime(started) > lasts);
                proxy.Heal();
                return "cut and refused for a while";
            case 2:
                proxy.Stall();
                await Wait.UntilAsync("a moment has passed", () => Stopwatch.GetElapsedTime(started) > 4 * lasts);
                proxy.Heal();
                return "stalled";
            case 3:
                proxy.Delay = lasts / 4;
                await Wait.UntilAsync("a moment has passed", () => Stopwatch.GetElapsedTime(started) > 2 * lasts);
                proxy.Cut();
                proxy.Heal();
                return "delayed, then cut";
            case 4:
                await proxy.LoseReply(markOfStep, share: random.NextDouble()).WaitAsync(Wait.Patience);
                return "cut in a reply";
            default:
                await proxy.LoseReply(markOfStep).WaitAsync(Wait.Patience);
                return "reply lost";
        }
    }

    private static void Say(string text) => TestContext.Current.TestOutputHelper?.WriteLine(text);
}
