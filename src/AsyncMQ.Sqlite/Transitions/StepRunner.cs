using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Records;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Transitions;

/// <summary>The writer's connection with all transitions, and what one transaction needs around them.</summary>
internal sealed class StepRunner : IDisposable
{
    /// <summary>How long after another process has written it counts as sharing the file.</summary>
    private const long Neighbourly = 5_000;

    private readonly Books books;
    private readonly WriteTurns turns;
    private bool noticed;
    private long renewals;
    private long othersSeen = -Neighbourly;

    public StepRunner(Database database, TimeProvider time, WriteTurns turns)
    {
        this.turns = turns;
        Database = database;
        books = new(database, time);
        var storing = new Storing(books);
        var deduplicating = new Deduplicating(books, storing);
        var finishing = new Finishing(books, deduplicating);
        var promoting = new Promoting(books, finishing);
        var claiming = new Claiming(books, finishing);
        Sessions = new(books, finishing);
        Adding = new(books, storing, deduplicating, finishing);
        Exchanging = new(books, new(books, finishing), promoting, claiming, new(books, claiming));
        Reporting = new(books);
        Recovering = new(books, Sessions, finishing);
        Jobs = new(books, deduplicating, finishing);
        Queues = new(books, deduplicating);
        Maintaining = new(books, promoting, new(books, finishing), Sessions);
    }

    public Database Database { get; }

    public SessionLife Sessions { get; }

    public Adding Adding { get; }

    public Exchanging Exchanging { get; }

    public Reporting Reporting { get; }

    public Recovering Recovering { get; }

    public AdministeringJobs Jobs { get; }

    public AdministeringQueues Queues { get; }

    public Maintaining Maintaining { get; }

    /// <summary>True when another process has written lately: then the file's lock is left free for a moment after each commit.</summary>
    public bool SharesTheFile => StoreThread.Milliseconds - othersSeen < Neighbourly;

    /// <summary>At the beginning of a transaction.</summary>
    public void Begin() => Refresh();

    /// <summary>Writes what was counted, and commits.</summary>
    public void Commit()
    {
        books.Flush();
        Database.Commit();
    }

    /// <summary>After a commit: tells the watchers.</summary>
    public void Announce(Watchers watchers)
    {
        if (watchers.Any)
        {
            foreach (StoreSignal signal in books.Ledger.Signals)
                watchers.Tell(signal);
        }

        books.Ledger.ClearSignals();
    }

    /// <summary>After a rollback.</summary>
    public void Forget()
    {
        Database.Rollback();
        books.Forget();
    }

    /// <summary>Tries to answer a step without a transaction that writes.</summary>
    public bool TryPeek(WriterStep step) => step.CanPeek && Look(() => step.TryPeek(this));

    /// <summary>Looks whether another process has written.</summary>
    public bool NoticeOthers() => Look(() => noticed);

    /// <summary>Moves the clock.</summary>
    public bool SetClockOffset(long offset)
    {
        books.Ledger.SetClockOffset(offset);
        return true;
    }

    public void Dispose() => Database.Dispose();

    private bool Look(Func<bool> look)
    {
        Database.BeginReading();
        try
        {
            noticed = Refresh();
            return look();
        }
        finally
        {
            Database.Rollback();
        }
    }

    private bool Refresh()
    {
        bool wasRenewal = turns.Renewals != renewals;
        renewals = turns.Renewals;
        if (!books.Ledger.Refresh() || wasRenewal)
            return false;
        othersSeen = StoreThread.Milliseconds;
        return true;
    }
}
