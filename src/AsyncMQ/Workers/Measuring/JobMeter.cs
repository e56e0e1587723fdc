using AsyncMQ.Storage;

namespace AsyncMQ.Workers;

/// <summary>
/// Measures the attempts of one worker: what became of them, how long they had waited, how long they ran. Slots count as they end; now and then what has
/// gathered is taken, while they go on counting into the other of two books.
/// </summary>
internal sealed class JobMeter
{
    private readonly Lock gate = new();
    private Dictionary<(string Queue, string Name), FigureTally> book = [];
    private Dictionary<(string Queue, string Name), FigureTally> spare = [];
    private FigureTally? last;

    /// <summary>An attempt ended whose handler was started.</summary>
    public void Count(ClaimedJob job, SettlementKind kind, TimeSpan ran)
    {
        lock (gate)
            TallyOf(job.Ref.Queue, job.Name).Count(kind, job.Waited, ran);
    }

    /// <summary>Takes what has gathered since the last time; by one caller at a time.</summary>
    public void TakeInto(List<NamedFigures> taken)
    {
        Dictionary<(string Queue, string Name), FigureTally> full;
        lock (gate)
        {
            (full, book) = (book, spare);
            last = null;
        }

        // A name that was not met for a whole round gives its memory back.
        foreach (FigureTally tally in full.Values)
        {
            if (tally.IsEmpty)
                full.Remove((tally.Queue, tally.Name));
            else
                taken.Add(tally.Take());
        }

        spare = full;
    }

    // Most workers run the same kind of job many times in a row.
    private FigureTally TallyOf(string queue, string name)
    {
        if (last is not null && last.Name == name && last.Queue == queue)
            return last;
        if (!book.TryGetValue((queue, name), out FigureTally? tally))
            book.Add((queue, name), tally = new(queue, name));
        return last = tally;
    }
}
