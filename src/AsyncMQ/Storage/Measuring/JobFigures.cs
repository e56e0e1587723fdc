namespace AsyncMQ.Storage;

/// <summary>
/// What became of attempts, how long their jobs had waited and how long they ran: of one queue and name, in one span of time. A value: two are added into a
/// third, in whatever order.
/// </summary>
public sealed record JobFigures
{
    /// <summary>Attempts that completed their job.</summary>
    public long Completed { get; init; }

    /// <summary>Attempts that failed their job.</summary>
    public long Failed { get; init; }

    /// <summary>Attempts that failed, and that another one follows.</summary>
    public long Retried { get; init; }

    /// <summary>Attempts that ended in another way: cancelled, put back by their handler, or given back because the host stopped.</summary>
    public long Other { get; init; }

    /// <summary>How long the jobs had waited when they were claimed: <see cref="ClaimedJob.Waited"/>.</summary>
    public Histogram Waited { get; init; } = Histogram.Empty;

    /// <summary>How long the attempts ran, by the clock of their workers.</summary>
    public Histogram Ran { get; init; } = Histogram.Empty;

    /// <summary>Both together.</summary>
    /// <param name="other">The others.</param>
    public JobFigures Plus(JobFigures other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new()
        {
            Completed = Completed + other.Completed,
            Failed = Failed + other.Failed,
            Retried = Retried + other.Retried,
            Other = Other + other.Other,
            Waited = Waited.Plus(other.Waited),
            Ran = Ran.Plus(other.Ran),
        };
    }

    /// <summary>The figures as numbers, none of them negative and most of them small, for a store to keep.</summary>
    public long[] ToNumbers()
    {
        List<long> numbers = [Completed, Failed, Retried, Other];
        foreach (Histogram histogram in (Histogram[])[Waited, Ran])
        {
            numbers.Add(histogram.Counts.Count);
            int last = 0;
            foreach (HistogramCount count in histogram.Counts)
            {
                numbers.Add(count.Part - last);
                numbers.Add(count.Count);
                last = count.Part;
            }
        }

        return [.. numbers];
    }

    /// <summary>Figures that were kept; of numbers that are not those of figures it takes what makes sense.</summary>
    /// <param name="numbers">What <see cref="ToNumbers"/> gave.</param>
    public static JobFigures FromNumbers(ReadOnlySpan<long> numbers)
    {
        if (numbers.Length < 4 || numbers.ContainsAnyInRange(long.MinValue, -1))
            return new();

        ReadOnlySpan<long> rest = numbers[4..];
        return new()
        {
            Completed = numbers[0],
            Failed = numbers[1],
            Retried = numbers[2],
            Other = numbers[3],
            Waited = Read(ref rest),
            Ran = Read(ref rest),
        };
    }

    private static Histogram Read(ref ReadOnlySpan<long> numbers)
    {
        if (numbers.IsEmpty)
            return Histogram.Empty;

        long length = Math.Min(numbers[0], (numbers.Length - 1) / 2);
        List<HistogramCount> counts = [];
        long part = 0;
        numbers = numbers[1..];
        for (; length > 0; length--, numbers = numbers[2..])
        {
            part = Math.Min(part + Math.Min(numbers[0], Histogram.Size), Histogram.Size);
            counts.Add(new((int)part, numbers[1]));
        }

        return Histogram.Of(counts);
    }
}
