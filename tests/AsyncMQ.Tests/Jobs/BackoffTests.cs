using AsyncMQ.Jobs;

namespace AsyncMQ.Tests.Jobs;

public class BackoffTests
{
    [Fact]
    public void An_exponential_one_doubles_up_to_its_cap()
    {
        Backoff backoff = Backoff.Exponential(TimeSpan.FromSeconds(1), longest: TimeSpan.FromSeconds(10), jitter: 0);

        Assert.Equal([1, 2, 4, 8, 10, 10], Enumerable.Range(1, 6).Select(attempt => backoff.DelayAfter(attempt).TotalSeconds));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1_000_000)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public void No_attempt_overflows_it(int attempt)
    {
        foreach (Backoff backoff in new[] { Backoff.Default, Backoff.Exponential(TimeSpan.FromDays(36_525), 100, jitter: 1), Backoff.Steps(TimeSpan.Zero, TimeSpan.FromDays(36_525)), Backoff.None })
            Assert.InRange(backoff.DelayAfter(attempt, 0.999), TimeSpan.Zero, TimeSpan.FromDays(36_525));
    }

    [Fact]
    public void The_last_step_repeats()
    {
        Backoff backoff = Backoff.Steps(TimeSpan.FromSeconds(5), TimeSpan.Zero, TimeSpan.FromSeconds(1));

        Assert.Equal([5, 0, 1, 1], Enumerable.Range(1, 4).Select(attempt => backoff.DelayAfter(attempt).TotalSeconds));
    }

    [Fact]
    public void Chance_only_shortens_and_by_no_more_than_the_jitter()
    {
        Backoff backoff = Backoff.Exponential(TimeSpan.FromSeconds(10), jitter: 0.2);

        Assert.Equal(TimeSpan.FromSeconds(10), backoff.DelayAfter(1, 0));
        Assert.InRange(backoff.DelayAfter(1, 0.999_999), TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(8.01));
    }

    public static TheoryData<Backoff> All =>
    [
        Backoff.Default, Backoff.None, Backoff.Fixed(TimeSpan.FromTicks(12_345)), Backoff.Fixed(TimeSpan.FromDays(36_525)),
        Backoff.Steps(TimeSpan.Zero, TimeSpan.FromSeconds(1.5), TimeSpan.FromDays(1)),
        Backoff.Exponential(TimeSpan.FromMilliseconds(1), 1.5, TimeSpan.FromDays(36_525), 1),
        Backoff.Exponential(TimeSpan.FromSeconds(10), 1, TimeSpan.FromSeconds(5), 0.5),
        Backoff.Exponential(TimeSpan.FromSeconds(10), 1, jitter: 0),
        Backoff.Exponential(TimeSpan.FromDays(30)),
    ];

    [Theory]
    [MemberData(nameof(All))]
    public void An_add_carries_it_unchanged(Backoff backoff) =>
        Assert.Equal(backoff, JobEnvelope.Unpack(JobEnvelope.Pack(new() { Backoff = backoff })).Policy().Backoff);

    [Fact]
    public void Equal_figures_are_equal()
    {
        Assert.Equal(Backoff.Steps(TimeSpan.FromSeconds(1)), Backoff.Fixed(TimeSpan.FromSeconds(1)));
        Assert.Equal(Backoff.Fixed(TimeSpan.FromSeconds(1)).GetHashCode(), Backoff.Steps(TimeSpan.FromSeconds(1)).GetHashCode());
        Assert.NotEqual(Backoff.Default, Backoff.Exponential(TimeSpan.FromSeconds(1), jitter: 0));
    }
}
