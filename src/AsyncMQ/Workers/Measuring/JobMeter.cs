using AsyncMQ.Storage;

namespace AsyncMQ.Workers;

/// <summary>
/// Measures the attempts of one worker: what became of them, how long they had waited, how long they ran. Slots only note what ended, under the pump's lock,
/// which they hold anyway; the pump's loop tallies it batch by batch. Counting in the slots would move the same few lines of memory between processors with
/// every job. Now and then what has gathered is taken, while the loop goes on with the other of two books.
/// </summary>
internal sealed class JobMeter
{
    private readonly Lock gate = new();
    private List<Ended> noted = [];
    private List<Ended> turned = [];
    private Dictionary<(string Queue, string Name), FigureTally> book = [];
    private Dictionary<(string Queue, string Name), FigureTally> spare = [];
    private FigureTally? last;

    /// <summary>An attempt ended whose handler was started; under the pump's lock.</summary>
    public void Note(ClaimedJob job, SettlementKind kind, TimeSpan ran) => noted.Add(new(job, kind, ran));

    /// <summary>What was noted is about to be tallied; under the pump's lock.</summary>
    public void Turn() => (noted, turned) = (turned, noted);

    /// <summary>Tallies what was turned over; by the pump's loop, before it turns again.</summary>
    public void Tally()
    {
        if (turned.Count == 0)
            return;

        lock (gate)
        {
            foreach (Ended ended in turned)
                TallyOf(ended.Job.Ref.Queue, ended.Job.Name).Count(ended.Kind, ended.Job.Waited, ended.Ran);
        }

        turned.Clear();
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

    /// <summary>An attempt that ended.</summary>
    private readonly record struct Ended(ClaimedJob Job, SettlementKind Kind, TimeSpan Ran);
}
