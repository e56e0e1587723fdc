using System.Diagnostics;
using AsyncMQ.Redis.Tests.Faults.Kit;

namespace AsyncMQ.Redis.Tests.Faults;

/// <summary>The server is killed under load, and comes back with its append-only file.</summary>
[Collection(nameof(FaultTests))]
public sealed class RestartTests
{
    // How long the server is away: at once back, and longer than a call waits for it.
    private static readonly int[] Absences = [0, 300, 900, 1_700, 7_000];

    // The promise is 2 s on a machine that has time; this one may be busy with other things.
    private static readonly TimeSpan LongestReturn = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task A_server_killed_under_load_loses_nothing_that_it_answered_and_is_used_at_once()
    {
        await using OwnServer server = await OwnServer.StartAsync("--appendfsync", "always");
        await using var load = RedisLoad.On(server.Address);
        await load.StartAsync();

        List<TimeSpan> returns = [];
        foreach (int absence in Absences)
        {
            await server.KillAsync();
            long killed = Stopwatch.GetTimestamp();
            await Wait.UntilAsync("it was missed", () => Stopwatch.GetElapsedTime(killed) > TimeSpan.FromMilliseconds(absence));
            await server.LaunchAsync();
            returns.Add(await load.ClaimsAsync($"after the server's return from {absence} ms"));
            await load.GoesOnAsync($"after an absence of {absence} ms");
        }

        await load.FinishAsync();
        Say($"claimed again {string.Join(", ", returns.Select(static took => $"{took.TotalSeconds:0.00}"))} s after the server's first answer");
        await load.VerifyAsync(server);
        Assert.Empty(load.Refusals);
        Assert.All(returns, static took => Assert.True(took < LongestReturn, $"It took {took.TotalSeconds:0.0} s."));
    }

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

    private static void Say(string text) => TestContext.Current.TestOutputHelper?.WriteLine(text);
}
