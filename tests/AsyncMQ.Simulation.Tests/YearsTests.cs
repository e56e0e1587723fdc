using System.Globalization;
using AsyncMQ.Simulation.Living;

namespace AsyncMQ.Simulation;

/// <summary>Eight processes on one store keep time for years, by an interval, by the clocks of Berlin and by the calendar, whatever befalls them.</summary>
/// <remarks><c>ASYNCMQ_SEED</c> runs one world again, exactly; <c>ASYNCMQ_SOAK_MINUTES</c> goes on for so long.</remarks>
public sealed class YearsTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Years = TimeSpan.FromDays(3 * 365);

    [Fact]
    public void Each_due_time_of_some_years_fires_once()
    {
        var total = new Outcome(0, [], "", []);
        int worlds = 0;
        foreach (int seed in Seeds.Of(1))
        {
            Outcome outcome = Experiment.Run(seed, Years, draw: Settings.OfYears);
            Assert.True(outcome.Faults.Count == 0, outcome.Explain());
            total += outcome;
            worlds++;
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{worlds} worlds, {total.Simulated.TotalDays:0} days, {total.Jobs} jobs, {total.Claims} claims, {total.Events} events in {total.Took.TotalSeconds:0.0} s: {total.Reached}"));
        Assert.InRange(total.Reached.Fired, worlds * (long)Years.TotalHours, long.MaxValue);
    }

    [Fact]
    public void A_seed_replays_exactly()
    {
        Outcome first = Experiment.Run(1, TimeSpan.FromDays(40), draw: Settings.OfYears), second = Experiment.Run(1, TimeSpan.FromDays(40), draw: Settings.OfYears);

        Assert.Equal(first.LastLines, second.LastLines);
        Assert.Equal((first.Digest, first.Events), (second.Digest, second.Events));
    }
}
