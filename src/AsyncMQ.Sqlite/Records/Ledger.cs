using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Records;

/// <summary>
/// What the writing connection knows and counts: the time of the step, the next number, and what to tell when the transaction has committed. What is
/// remembered from one transaction to the next holds while <see cref="Generation"/> stands: until another connection writes, or a rollback.
/// </summary>
internal sealed class Ledger(Database database, TimeProvider time)
{
    private const long NeverRead = -1;
    private const long Doubtful = -2;

    private readonly Statement readMeta = database.Prepare("transaction/meta");
    private readonly Statement setNextNumber = database.Prepare("transaction/set-next-number");
    private readonly List<StoreSignal> signals = [];
    private long dataVersion = -1;
    private long metaGeneration = -1;
    private long storedNumber = NeverRead;
    private long nextNumber;
    private bool hasNews;
    private bool hasOwnNews;
    private long clockOffset;

    public Database Database => database;

    /// <summary>Counts up whenever what is remembered may be wrong.</summary>
    public long Generation { get; private set; }

    /// <summary>The store's time, read once per transaction.</summary>
    public long Now { get; private set; }

    /// <summary>See the table <c>meta</c>.</summary>
    public long LastRenewal { get; private set; }

    /// <summary>See the table <c>meta</c>.</summary>
    public long RecoverFrom { get; private set; }

    /// <summary>See the table <c>meta</c>.</summary>
    public long EventsUntil { get; private set; }

    /// <summary>See the table <c>meta</c>.</summary>
    public long EventsNext { get; private set; }

    /// <summary>What to tell the watchers after the commit.</summary>
    public IReadOnlyList<StoreSignal> Signals => signals;

    /// <summary>A number that was never used: for a record, and for a place behind all others.</summary>
    public long NextNumber() => nextNumber++;

    /// <summary>Inside a transaction: looks whether others wrote, and reads the clock. Returns true when somebody did.</summary>
    public bool Refresh()
    {
        long version = database.DataVersion();
        bool isFirst = dataVersion < 0;
        bool changed = version != dataVersion;
        if (changed)
        {
            dataVersion = version;
            Generation++;
        }

        if (metaGeneration != Generation)
            ReadMeta();
        Now = time.GetUtcNow().UtcTicks + clockOffset;
        return changed && !isFirst;
    }

    /// <summary>Writes the counter, once per transaction. It moves with every news.</summary>
    public void Flush()
    {
        if ((hasOwnNews || signals.Count > 0) && nextNumber == storedNumber)
            nextNumber++;
        hasOwnNews = false;
        if (nextNumber == storedNumber)
            return;
        setNextNumber.Start().Bind(nextNumber).Run();
        storedNumber = nextNumber;
    }

    /// <summary>Nothing that is remembered can be trusted: the transaction was rolled back.</summary>
    public void Forget()
    {
        Generation++;
        storedNumber = Doubtful;
        hasOwnNews = false;
        signals.Clear();
    }

    /// <summary>Moves the clock.</summary>
    public void SetClockOffset(long offset)
    {
        database.Prepare("transaction/set-clock-offset").Start().Bind(offset).Run();
        Now += offset - clockOffset;
        clockOffset = offset;
        Tell(new(StoreSignalKind.Changed));
    }

    /// <summary>Notes a renewal; the rule is <see cref="RecoveryRules"/>.</summary>
    public void SetRenewal(long recoverFrom)
    {
        database.Prepare("transaction/set-renewal").Start().Bind(Now).Bind(recoverFrom).Run();
        (LastRenewal, RecoverFrom) = (Now, recoverFrom);
    }

    /// <summary>Notes until when somebody subscribes.</summary>
    public void SetEventsUntil(long until)
    {
        database.Prepare("events/set-until").Start().Bind(until).Run();
        EventsUntil = until;
    }

    /// <summary>Counts events that were written.</summary>
    public void SetEventsNext(long next)
    {
        database.Prepare("events/set-next").Start().Bind(next).Run();
        EventsNext = next;
    }

    /// <summary>To be told after the commit.</summary>
    public void Tell(StoreSignal signal) => signals.Add(signal);

    /// <summary>All was told.</summary>
    public void ClearSignals() => signals.Clear();

    /// <summary>What this transaction does concerns sleepers of other processes, though there is nothing to tell those of this one.</summary>
    public void NoteNews() => hasOwnNews = true;

    /// <summary>
    /// Whether another process has done something since the last call that somebody may wait for. Such a transaction moves the counter; a renewal, or
    /// housekeeping that found nothing to do, does not.
    /// </summary>
    public bool TakeNews()
    {
        bool news = hasNews;
        hasNews = false;
        return news;
    }

    private void ReadMeta()
    {
        if (!readMeta.Start().Step())
            throw new StoreRejectedException("The store's table 'meta' is empty: the file is damaged. Restore a backup.");

        clockOffset = readMeta.Long(0);
        long number = readMeta.Long(1);
        hasNews |= number != storedNumber && storedNumber != NeverRead;
        nextNumber = storedNumber = number;
        LastRenewal = readMeta.Long(2);
        RecoverFrom = readMeta.Long(3);
        EventsUntil = readMeta.Long(4);
        EventsNext = readMeta.Long(5);
        readMeta.Reset();
        metaGeneration = Generation;
    }
}
