using AsyncMQ.Storage;

namespace AsyncMQ.Workers;

/// <summary>
/// Measures the attempts of one worker: what became of them, how long they had waited, how long they ran. Each slot notes its own (<see cref="SlotMeter"/>);
/// they are counted together when a slot has noted many, or when somebody asks. Counting each at once would move the same few lines of memory between
/// processors with every job.
/// </summary>
/// <param name="pumpGate">The lock of the pump, under which slots note; taken before the meter's own.</param>
internal sealed class JobMeter(Lock pumpGate)
{
    private readonly Lock gate = new();
    private readonly Dictionary<(string Queue, string Name), FigureTally> book = [];
    private readonly List<SlotMeter> slots = [];

    /// <summary>A slot's part; made before the worker starts.</summary>
    public SlotMeter ForSlot()
    {
        var slot = new SlotMeter(this);
        slots.Add(slot);
        return slot;
    }

    /// <summary>Where attempts of a kind of job are counted.</summary>
    /// <param name="job">One of them.</param>
    public FigureTally TallyOf(ClaimedJob job)
    {
        lock (gate)
            return TallyOf(job.Ref.Queue, job.Name);
    }

    /// <summary>Counts what a slot has noted; by the slot, or under the pump's lock.</summary>
    /// <param name="slot">The slot's part.</param>
    public void Count(SlotMeter slot)
    {
        lock (gate)
        {
            foreach (ref readonly MeasuredAttempt attempt in slot.Noted)
            {
                FigureTally tally = attempt.Tally;
                (tally.IsForgotten ? TallyOf(tally.Queue, tally.Name) : tally).Count(attempt);
            }

            slot.Clear();
        }
    }

    /// <summary>Takes what has gathered since the last time.</summary>
    public void TakeInto(List<NamedFigures> taken)
    {
        lock (pumpGate)
        {
            foreach (SlotMeter slot in slots)
                Count(slot);
        }

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
