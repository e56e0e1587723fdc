namespace AsyncMQ.Tests.Storage;

public class HistogramTests
{
    [Fact]
    public void Every_duration_is_within_a_sixteenth_or_half_a_microsecond_of_the_middle_of_its_part()
    {
        for (double microseconds = 0; microseconds < 1L << 43; microseconds = Math.Max(microseconds + 1, microseconds * 1.013))
        {
            TimeSpan duration = TimeSpan.FromMicroseconds(Math.Floor(microseconds));
            TimeSpan middle = Histogram.MiddleOf(Histogram.PartOf(duration));
            Assert.True(Math.Abs((middle - duration).TotalMicroseconds) <= Math.Max(0.5, duration.TotalMicroseconds / 16), $"{duration} was put to {middle}.");
        }
    }

    [Fact]
    public void The_parts_are_in_order_without_a_gap()
    {
        Assert.Equal(0, Histogram.PartOf(TimeSpan.Zero));
        for (int part = 1; part < Histogram.Size; part++)
        {
            Assert.True(Histogram.MiddleOf(part) > Histogram.MiddleOf(part - 1), $"part {part}");
            Assert.Equal(part, Histogram.PartOf(Histogram.MiddleOf(part)));
        }
    }

    [Fact]
    public void What_is_off_the_scale_counts_at_its_ends()
    {
        Assert.Equal(0, Histogram.PartOf(TimeSpan.MinValue));
        Assert.Equal(0, Histogram.PartOf(-TimeSpan.FromTicks(1)));
        Assert.Equal(0, Histogram.PartOf(TimeSpan.FromTicks(9)));
        Assert.Equal(Histogram.Size - 1, Histogram.PartOf(TimeSpan.FromDays(400)));
        Assert.Equal(Histogram.Size - 1, Histogram.PartOf(TimeSpan.MaxValue));
    }

    [Fact]
    public void Quantiles_are_those_of_what_was_counted()
    {
        Histogram histogram = Of([.. Enumerable.Range(1, 1_000).Select(i => TimeSpan.FromMilliseconds(i))]);

        Assert.Equal(1_000, histogram.Total);
        foreach (double share in (double[])[0.001, 0.25, 0.5, 0.95, 0.99, 0.999, 1])
            Assert.InRange(histogram.Quantile(share)!.Value.TotalMilliseconds, share * 1_000 * 0.937, share * 1_000 * 1.063);
        Assert.Null(Histogram.Empty.Quantile(0.5));
        Assert.Equal(Histogram.MiddleOf(7), Of([TimeSpan.FromMicroseconds(7)]).Quantile(0));
    }

    [Fact]
    public void One_in_a_hundred_shows_at_the_99th_percentile_and_not_below()
    {
        Histogram histogram = Of([.. Enumerable.Repeat(TimeSpan.FromMilliseconds(1), 98), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)]);

        Assert.InRange(histogram.Quantile(0.98)!.Value, TimeSpan.FromMilliseconds(0.9), TimeSpan.FromMilliseconds(1.1));
        Assert.InRange(histogram.Quantile(0.99)!.Value, TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(1.1));
    }

    [Fact]
    public void Together_two_hold_what_each_of_them_held_in_either_order()
    {
        var random = new Random(7);
        for (int round = 0; round < 100; round++)
        {
            TimeSpan[] a = Draw(random), b = Draw(random);

            Histogram sum = Of(a).Plus(Of(b));

            Assert.Equal(Of([.. a, .. b]), sum);
            Assert.Equal(sum, Of(b).Plus(Of(a)));
            Assert.Equal(a.Length + b.Length, sum.Total);
        }
    }

    [Fact]
    public void Counts_that_are_none_are_left_out()
    {
        Assert.Empty(Histogram.Of([new HistogramCount(-1, 1), new(Histogram.Size, 1), new(3, 0), new(3, -1)]).Counts);
        Assert.Equal([new HistogramCount(3, 1), new(5, 2)], Histogram.Of([new HistogramCount(3, 1), new(3, 9), new(2, 9), new(5, 2)]).Counts);
        Assert.Throws<ArgumentOutOfRangeException>(() => Histogram.Of(new int[Histogram.Size + 1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Histogram.MiddleOf(Histogram.Size));
    }

    internal static Histogram Of(params TimeSpan[] durations)
    {
        var counted = new int[Histogram.Size];
        foreach (TimeSpan duration in durations)
            counted[Histogram.PartOf(duration)]++;
        return Histogram.Of(counted);
    }

    private static TimeSpan[] Draw(Random random) =>
        [.. Enumerable.Range(0, random.Next(20)).Select(_ => TimeSpan.FromMicroseconds(Math.Pow(2, random.NextDouble() * 44)))];
}
