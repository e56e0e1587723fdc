using AsyncMQ.Workers;

namespace AsyncMQ.Tests.Workers;

public class PrefetchTests
{
    [Fact]
    public void Nothing_is_fetched_ahead_before_anything_is_known()
    {
        var prefetch = new Prefetch(16);
        prefetch.Learn(0.01, 0, 0);

        Assert.Equal(0, prefetch.Target);
    }

    [Fact]
    public void Nothing_is_fetched_ahead_when_runs_are_long_beside_a_trip() => Assert.Equal(0, After(slots: 16, trip: 0.001, run: 1));

    [Fact]
    public void As_much_as_is_run_in_two_trips_is_fetched_ahead() => Assert.Equal(32, After(slots: 16, trip: 0.005, run: 0.005));

    [Fact]
    public void Never_more_than_32_times_the_slots() => Assert.Equal(512, After(slots: 16, trip: 1, run: 0.000_001));

    [Fact]
    public void Never_so_much_that_the_last_waits_25_ms() => Assert.Equal(4, After(slots: 16, trip: 1, run: 0.1));

    [Fact]
    public void After_a_waste_it_starts_anew_and_learns_again()
    {
        var prefetch = new Prefetch(4);
        prefetch.Learn(0.01, 0.001, 10);
        Assert.True(prefetch.Target > 0);

        prefetch.Waste();
        Assert.Equal(0, prefetch.Target);

        for (int i = 0; i < 50; i++)
            prefetch.Learn(0.01, 0.001, 10);
        Assert.Equal(128, prefetch.Target);
    }

    private static int After(int slots, double trip, double run)
    {
        var prefetch = new Prefetch(slots);
        prefetch.Learn(trip, run * 10, 10);
        return prefetch.Target;
    }
}
