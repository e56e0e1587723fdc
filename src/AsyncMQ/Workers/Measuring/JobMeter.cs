using System.Runtime.InteropServices;
using AsyncMQ.Storage;

namespace AsyncMQ.Workers;

/// <summary>
/// Measures the attempts of one worker: what became of them, how long they had waited, how long they ran. A slot works out which numbers to raise and notes
/// that under the pump's lock, which it holds anyway; the pump's loop raises them, batch by batch. Counting in the slots would move the same few lines of memory
/// between processors with every job.
/// </summary>
internal sealed class JobMeter
{
    private readonly Lock gate = new();
    private readonly Dictionary<(string Queue, string Name), FigureTally> book = [];
    private List<MeasuredAttempt> noted = [];
    private List<MeasuredAttempt> turned = [];

    /// <summary>Measures an attempt whose handler was started and has ended; outside the pump's lock.</summary>
    /// <param name="job">The job.</param>
    /// <param name="kind">What becomes of it.</param>
    /// <param name="ran">How long it ran.</param>
    /// <param name="tally">Where the caller's last one was counted; most run the same kind of job many times in a row.</param>
    public MeasuredAttempt Measure(ClaimedJob job, SettlementKind kind, TimeSpan ran, ref FigureTally? tally)
    {
        if (tally is null || tally.IsForgotten || tally.Name != job.Name || tally.Queue != job.Ref.Queue)
        {
            lock (gate)
                tally = TallyOf(job.Ref.Queue, job.Name);
        }

        int waited = job.Waited is { } known ? Histogram.PartOf(known) : MeasuredAttempt.Unknown;
        return new(tally, (short)waited, (short)Histogram.PartOf(ran), kind);
    }

    /// <summary>An attempt ended; under the pump's lock.</summary>
    public void Note(in MeasuredAttempt attempt) => noted.Add(attempt);

    /// <summary>What was noted is about to be tallied; under the pump's lock.</summary>
    public void Turn() => (noted, turned) = (turned, noted);

    /// <summary>Tallies what was turned over; by the pump's loop, before it turns again.</summary>
    public void Tally()
    {
        if (turned.Count == 0)
            return;

        lock (gate)
        {
            foreach (ref readonly MeasuredAttempt attempt in CollectionsMarshal.AsSpan(turned))
            {
                FigureTally tally = attempt.Tally;
                (tally.IsForgotten ? TallyOf(tally.Queue, tally.Name) : tally).Count(attempt);
            }
        }

        turned.Clear();
    }

    /// <summary>Takes what has gathered since the last time.</summary>
    public void TakeInto(List<NamedFigures> taken)
    {
        lock (gate)
        {
            foreach (FigureTally tally in book.Values)
            {
                if (!tally.IsEmpty)
                {
                    taken.Add(tally.Take());
                    continue;
                }

                // A name that was not met for a whole round gives its memory back. Removing while enumerating is allowed.
                tally.IsForgotten = true;
                book.Remove((tally.Queue, tally.Name));
            }
        }
    }

    private FigureTally TallyOf(string queue, string name)
    {
        if (!book.TryGetValue((queue, name), out FigureTally? tally))
            book.Add((queue, name), tally = new(queue, name));
        return tally;
    }
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
