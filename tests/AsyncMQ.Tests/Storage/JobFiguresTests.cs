namespace AsyncMQ.Tests.Storage;

public class JobFiguresTests
{
    private static readonly JobFigures Sample = new()
    {
        Completed = 1L << 40,
        Failed = 2,
        Retried = 3,
        Other = 4,
        Waited = HistogramTests.Of(TimeSpan.Zero, TimeSpan.FromHours(1), TimeSpan.FromDays(300)),
        Ran = HistogramTests.Of(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(1)),
    };

    [Fact]
    public void Figures_that_were_kept_are_read_as_they_were()
    {
        JobFigures read = JobFigures.FromNumbers(Sample.ToNumbers());

        Assert.Equal(Sample, read);
        Assert.Equal(new(), JobFigures.FromNumbers(new JobFigures().ToNumbers()));
    }

    [Fact]
    public void Together_they_are_sums()
    {
        JobFigures sum = Sample.Plus(Sample).Plus(new());

        Assert.Equal((1L << 41, 4, 6, 8), (sum.Completed, sum.Failed, sum.Retried, sum.Other));
        Assert.Equal((6, 4), (sum.Waited.Total, sum.Ran.Total));
    }

    [Fact]
    public void Of_damaged_numbers_it_takes_what_makes_sense()
    {
        long[] whole = Sample.ToNumbers();
        for (int length = 0; length < whole.Length; length++)
            JobFigures.FromNumbers(whole.AsSpan(0, length));
        var random = new Random(1);
        for (int round = 0; round < 10_000; round++)
        {
            long[] damaged = [.. whole];
            damaged[random.Next(damaged.Length)] = random.Next(4) switch { 0 => -1, 1 => long.MaxValue, 2 => 0, _ => random.NextInt64() };
            JobFigures read = JobFigures.FromNumbers(damaged);
            Assert.All(read.Waited.Counts.Concat(read.Ran.Counts), count => Assert.True(count is { Part: >= 0 and < Histogram.Size, Count: > 0 }));
        }

        Assert.Equal(new(), JobFigures.FromNumbers([1, 2, -3, 4]));
        Assert.Equal(7, JobFigures.FromNumbers([7, 0, 0, 0]).Completed);
    }
}
