using System.Globalization;
using AsyncMQ.Simulation.Living;

namespace AsyncMQ.Simulation;

/// <summary>
/// Producers, workers and the store in memory in one thread, under a seeded order of events and a clock that jumps: a thousand hours of crashes, freezes,
/// outages, lost calls and wrong clocks.
/// </summary>
/// <remarks><c>ASYNCMQ_SEED</c> runs one world again, exactly; <c>ASYNCMQ_SOAK_MINUTES</c> goes on for so long.</remarks>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const int Worlds = 40;
    private static readonly TimeSpan Hours = TimeSpan.FromHours(25);

    [Fact]
    public void Whatever_befalls_the_processes_every_job_comes_to_its_end_as_it_should()
    {
        var total = new Outcome(0, [], "", []);
        int worlds = 0;
        foreach (int seed in Seeds.Of(Worlds))
        {
            Outcome outcome = Experiment.Run(seed, Hours);
            Assert.True(outcome.Faults.Count == 0, outcome.Explain());
            total += outcome;
            worlds++;
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{worlds} worlds, {total.Simulated.TotalHours:0} hours, {total.Jobs} jobs, {total.Claims} claims, {total.Events} events in {total.Took.TotalSeconds:0.0} s: {total.Reached}"));
        Assert.True(worlds < Worlds || total.Reached.IsAll, total.Reached.ToString());
    }

    [Fact]
    public void A_seed_replays_exactly()
    {
        foreach (int seed in Seeds.Soak > TimeSpan.Zero ? [1] : Seeds.Of(3))
        {
            Outcome first = Experiment.Run(seed, TimeSpan.FromHours(5)), second = Experiment.Run(seed, TimeSpan.FromHours(5));

            Assert.Equal(first.LastLines, second.LastLines);
            Assert.Equal((first.Digest, first.Events), (second.Digest, second.Events));
        }
    }

    [Fact]
    public void Other_seeds_are_other_worlds() =>
        Assert.NotEqual(Experiment.Run(1, TimeSpan.FromHours(1)).Digest, Experiment.Run(2, TimeSpan.FromHours(1)).Digest);
}
