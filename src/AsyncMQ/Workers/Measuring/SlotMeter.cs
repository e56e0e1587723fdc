using AsyncMQ.Storage;

namespace AsyncMQ.Workers;

/// <summary>
/// One slot's part of its worker's meter: what it measured and is not counted yet. Only the slot writes it, and the slot is mostly on one processor, so that
/// noting touches no memory of others. It is cleared under the meter's lock; the slot itself, or who holds the pump's lock as well, may do so.
/// </summary>
internal sealed class SlotMeter(JobMeter meter)
{
    private readonly MeasuredAttempt[] noted = new MeasuredAttempt[32];
    private int count;
    private FigureTally? tally;

    /// <summary>What is not counted yet.</summary>
    public ReadOnlySpan<MeasuredAttempt> Noted => noted.AsSpan(0, count);

    /// <summary>Measures an attempt whose handler was started and has ended; outside the pump's lock.</summary>
    /// <param name="job">The job.</param>
    /// <param name="kind">What becomes of it.</param>
    /// <param name="ran">How long it ran.</param>
    public MeasuredAttempt Measure(ClaimedJob job, SettlementKind kind, TimeSpan ran)
    {
        if (count == noted.Length)
            meter.Count(this);

        // Most slots run the same kind of job many times in a row.
        if (tally is null || tally.IsForgotten || tally.Name != job.Name || tally.Queue != job.Ref.Queue)
            tally = meter.TallyOf(job);

        int waited = job.Waited is { } known ? Histogram.PartOf(known) : MeasuredAttempt.Unknown;
        return new(tally, (short)waited, (short)Histogram.PartOf(ran), kind);
    }

    /// <summary>An attempt that was measured is told to the store; under the pump's lock, after <see cref="Measure"/> has made room.</summary>
    /// <param name="attempt">The attempt.</param>
    public void Note(in MeasuredAttempt attempt) => noted[count++] = attempt;

    /// <summary>All is counted; under the meter's lock.</summary>
    public void Clear() => count = 0;
}

/// <summary>An attempt that ended: the numbers to raise.</summary>
/// <param name="Tally">Where.</param>
/// <param name="Waited">The part of the scale that its wait falls into, or <see cref="Unknown"/>.</param>
/// <param name="Ran">The part that its run falls into.</param>
/// <param name="Kind">What became of it.</param>
internal readonly record struct MeasuredAttempt(FigureTally Tally, short Waited, short Ran, SettlementKind Kind)
{
    /// <summary>No wait is known.</summary>
    public const short Unknown = -1;
}
