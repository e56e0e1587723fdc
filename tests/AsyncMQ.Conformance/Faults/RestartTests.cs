using System.Diagnostics;

namespace AsyncMQ.Conformance.Faults;

/// <summary>The server is killed under load, and comes back with what it wrote.</summary>
/// <param name="start">Starts the server, which answers nothing that is not on the disk.</param>
public abstract class RestartTests(Func<Task<IServerUnderFault>> start)
{
    // How long the server is away: at once back, and longer than a call waits for it.
    private static readonly int[] Absences = [0, 300, 900, 1_700, 7_000];

    // The promise is 2 s on a machine that has time; this one may be busy with other things.
    private static readonly TimeSpan LongestReturn = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task A_server_killed_under_load_loses_nothing_that_it_answered_and_is_used_at_once()
    {
        await using IServerUnderFault server = await start();
        await using var load = new FaultLoad(builder => server.Use(builder));
        await load.StartAsync();

        List<TimeSpan> returns = [];
        foreach (int absence in Absences)
        {
            await server.KillAsync();
            long killed = Stopwatch.GetTimestamp();
            await Wait.UntilAsync("it was missed", () => Stopwatch.GetElapsedTime(killed) > TimeSpan.FromMilliseconds(absence));
            await server.StartAgainAsync();
            returns.Add(await load.ClaimsAsync($"after the server's return from {absence} ms"));
            await load.GoesOnAsync($"after an absence of {absence} ms");
        }

        await load.FinishAsync();
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"claimed again {string.Join(", ", returns.Select(static took => $"{took.TotalSeconds:0.00}"))} s after the server's first answer");
        await server.VerifyAsync(load);
        Assert.Empty(load.Refusals);
        Assert.All(returns, static took => Assert.True(took < LongestReturn, $"It took {took.TotalSeconds:0.0} s."));
    }
}
