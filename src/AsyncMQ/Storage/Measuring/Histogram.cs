using System.Numerics;

namespace AsyncMQ.Storage;

/// <summary>
/// How many durations fell into each part of a scale from a microsecond to half a year. Each power of two of microseconds is cut into eight parts, so that
/// what is read of a histogram is wrong by at most a sixteenth (6.25 %), or half a microsecond. Only parts that hold something are kept. A value: two are
/// added into a third.
/// </summary>
public sealed class Histogram : IEquatable<Histogram>
{
    private const int PartBits = 3;
    private const int Parts = 1 << PartBits;
    private const int LargestPower = 43;
    private const double MicrosecondTicks = TimeSpan.TicksPerMicrosecond;

    private readonly HistogramCount[] counts;

    private Histogram(HistogramCount[] counts)
    {
        this.counts = counts;
        foreach (HistogramCount count in counts)
            Total += count.Count;
    }

    /// <summary>How many parts the scale has: numbers of parts are below.</summary>
    public const int Size = ((LargestPower - PartBits + 1) << PartBits) + Parts;

    /// <summary>One that holds nothing.</summary>
    public static Histogram Empty { get; } = new([]);

    /// <summary>The parts that hold something, in order of the scale.</summary>
    public IReadOnlyList<HistogramCount> Counts => counts;

    /// <summary>How many durations it holds.</summary>
    public long Total { get; }

    /// <summary>The part of the scale that a duration falls into. What is negative counts as zero, what is longer than the scale as its end.</summary>
    /// <param name="duration">The duration.</param>
    public static int PartOf(TimeSpan duration)
    {
        ulong microseconds = duration.Ticks <= 0 ? 0 : (ulong)(duration.Ticks / TimeSpan.TicksPerMicrosecond);
        if (microseconds < Parts)
            return (int)microseconds;

        int power = BitOperations.Log2(microseconds);
        return power > LargestPower ? Size - 1 : ((power - PartBits) << PartBits) + (int)(microseconds >> (power - PartBits));
    }

    /// <summary>The middle of a part of the scale.</summary>
    /// <param name="part">Its number.</param>
    public static TimeSpan MiddleOf(int part)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(part);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(part, Size);
        int shift = Math.Max(0, (part >> PartBits) - 1);
        double from = (double)(part - (shift << PartBits)) * (1L << shift);
        return new((long)((from + ((1L << shift) / 2.0)) * MicrosecondTicks));
    }

    /// <summary>One of counted parts.</summary>
    /// <param name="counted">How many durations fell into each part; at most <see cref="Size"/> parts.</param>
    public static Histogram Of(ReadOnlySpan<int> counted)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(counted.Length, Size);
        List<HistogramCount> counts = [];
        for (int part = 0; part < counted.Length; part++)
        {
            if (counted[part] > 0)
                counts.Add(new(part, counted[part]));
        }

        return counts.Count == 0 ? Empty : new([.. counts]);
    }

    /// <summary>One of counts of parts, which a store has kept apart.</summary>
    /// <param name="counts">In order of the scale, each part once; those that are none are left out.</param>
    public static Histogram Of(IEnumerable<HistogramCount> counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        List<HistogramCount> kept = [];
        foreach (HistogramCount count in counts)
        {
            if (count.Part is >= 0 and < Size && count.Count > 0 && (kept.Count == 0 || kept[^1].Part < count.Part))
                kept.Add(count);
        }

        return kept.Count == 0 ? Empty : new([.. kept]);
    }

    /// <summary>Both together.</summary>
    /// <param name="other">The other one.</param>
    public Histogram Plus(Histogram other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.counts.Length == 0)
            return this;
        if (counts.Length == 0)
            return other;

        var sum = new List<HistogramCount>(counts.Length + other.counts.Length);
        int mine = 0, its = 0;
        while (mine < counts.Length || its < other.counts.Length)
        {
            int part = Math.Min(mine < counts.Length ? counts[mine].Part : Size, its < other.counts.Length ? other.counts[its].Part : Size);
            long count = 0;
            if (mine < counts.Length && counts[mine].Part == part)
                count += counts[mine++].Count;
            if (its < other.counts.Length && other.counts[its].Part == part)
                count += other.counts[its++].Count;
            sum.Add(new(part, count));
        }

        return new([.. sum]);
    }

    /// <inheritdoc/>
    public bool Equals(Histogram? other) => other is not null && counts.AsSpan().SequenceEqual(other.counts);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Histogram);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Total, counts.Length);

    /// <summary>The duration that a share of all do not exceed; null when there are none.</summary>
    /// <param name="share">The share: 0.95 for the 95th percentile.</param>
    /// <exception cref="ArgumentOutOfRangeException">The share is not 0 to 1.</exception>
    public TimeSpan? Quantile(double share)
    {
        if (share is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(share), share, $"A share must be 0 to 1, but was {share}; the 95th percentile is 0.95.");
        if (Total == 0)
            return null;

        long rank = Math.Clamp((long)Math.Ceiling(share * Total), 1, Total);
        foreach (HistogramCount count in counts)
        {
            rank -= count.Count;
            if (rank <= 0)
                return MiddleOf(count.Part);
        }

        return MiddleOf(counts[^1].Part);
    }
}

/// <summary>One part of a histogram.</summary>
/// <param name="Part">Its number, from the short end of the scale.</param>
/// <param name="Count">How many durations it holds.</param>
public readonly record struct HistogramCount(int Part, long Count);
