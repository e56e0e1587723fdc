using AsyncMQ.Storage;

namespace AsyncMQ.Tests.Storage;

public class EndTallyTests
{
    private static readonly long Noon = new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero).Ticks;

    [Fact]
    public void The_minute_in_which_the_window_began_counts_by_its_share()
    {
        var tally = new EndTally();
        for (int i = 0; i < 60; i++)
            tally.Count(JobState.Completed, After(seconds: 30));

        Assert.Equal(12, tally.RatesAt(After(seconds: 59)).CompletedPerMinute);
        Assert.Equal(12, tally.RatesAt(After(seconds: 5 * 60)).CompletedPerMinute);
        Assert.Equal(9, tally.RatesAt(After(seconds: (5 * 60) + 15)).CompletedPerMinute);
        Assert.Equal(0, tally.RatesAt(After(seconds: 6 * 60)).CompletedPerMinute);
    }

    [Fact]
    public void A_steady_stream_has_its_own_rate()
    {
        var tally = new EndTally();
        for (int second = 0; second < 1_000; second++)
            tally.Count(second % 4 == 0 ? JobState.Failed : JobState.Completed, After(second));

        QueueRates rates = tally.RatesAt(After(1_000));

        Assert.Equal((45, 15), (Math.Round(rates.CompletedPerMinute), Math.Round(rates.FailedPerMinute)));
    }

    [Fact]
    public void Only_what_completed_or_failed_counts()
    {
        var tally = new EndTally();
        foreach (JobState state in Enum.GetValues<JobState>())
            tally.Count(state, Noon);

        Assert.Equal(new(0.2, 0.2), tally.RatesAt(Noon));
    }

    [Fact]
    public void A_clock_that_steps_back_loses_nothing()
    {
        var tally = new EndTally();
        tally.Count(JobState.Completed, After(seconds: 600));
        tally.Count(JobState.Completed, Noon);

        Assert.Equal(0.4, tally.RatesAt(After(seconds: 600)).CompletedPerMinute);
        Assert.Equal(0.4, tally.RatesAt(Noon).CompletedPerMinute);
    }

    [Fact]
    public void It_is_the_same_when_it_was_kept()
    {
        var tally = new EndTally();
        for (int minute = 0; minute < 9; minute++)
            tally.Count(JobState.Completed, After(60 * minute));
        EndTally kept = EndTally.FromNumbers(tally.ToNumbers());
        tally.Count(JobState.Failed, After(60 * 8));
        kept.Count(JobState.Failed, After(60 * 8));

        Assert.Equal(new(1.1, 0.2), tally.RatesAt(After((60 * 8) + 30)));
        Assert.Equal(tally.RatesAt(After((60 * 8) + 30)), kept.RatesAt(After((60 * 8) + 30)));
    }

    [Theory]
    [InlineData]
    [InlineData(1L, 2L, 3L)]
    [InlineData(-1L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L)]
    public void Numbers_that_are_no_tally_give_an_empty_one(params long[] numbers) =>
        Assert.Equal(default, EndTally.FromNumbers(numbers).RatesAt(Noon));

    private static long After(int seconds) => Noon + (seconds * TimeSpan.TicksPerSecond);
}
