using AsyncMQ.Sqlite.Events;
using AsyncMQ.Sqlite.Leasing;
using AsyncMQ.Sqlite.Linking;
using AsyncMQ.Sqlite.Producing;
using AsyncMQ.Sqlite.Records;
using AsyncMQ.Sqlite.Scheduling;
using AsyncMQ.Sqlite.Tending;
using AsyncMQ.Sqlite.Transactions;
using AsyncMQ.Sqlite.Working;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Engine;

/// <summary>The writer's connection with all transitions, and what one transaction needs around them.</summary>
internal sealed class StepRunner : IDisposable
{
    /// <summary>How long after another process has written it counts as sharing the file.</summary>
    private const long Neighbourly = 5_000;
    private const long BetweenGaps = 10;

    private readonly Books books;
    private readonly WriteTurns turns;
    private readonly TakingIn takingIn;
    private readonly bool isShared;
    private bool untold;
    private long gaveWay;
    private long renewals;
    private long othersSeen = -Neighbourly;

    /// <param name="database">The connection.</param>
    /// <param name="time">The clock.</param>
    /// <param name="turns">Whose turn it is to write.</param>
    /// <param name="isReopened">In place of a connection that broke: nobody knows what others did meanwhile, so it is taken that they wrote.</param>
    /// <param name="isShared">Whether others write into the file, who are not of this library and try only now and then whether it is free.</param>
    public StepRunner(Database database, TimeProvider time, WriteTurns turns, bool isReopened, bool isShared)
    {
        this.isShared = isShared;
        this.turns = turns;
        untold = isReopened;
        Database = database;
        books = new(database, time);
        var storing = new Storing(books);
        var ids = new TakenIds(books);
        var deduplicating = new Deduplicating(books, ids, storing);
        var finishing = new Finishing(books, deduplicating);
        var promoting = new Promoting(books, finishing);
        var choosing = new Choosing(books);
        var claiming = new Claiming(books, finishing, choosing);
        var foresight = new Foresight(books, choosing, promoting);
        var links = new Links(books);
        var releasing = new Releasing(books);
        var spreading = new Spreading(books, links, releasing, finishing);
        Sessions = new(books, finishing, spreading);
        Adding = new(books, ids, new(new(books, ids), new(books, ids, storing, links), spreading), deduplicating, finishing);
        takingIn = new(books, Adding, ids, storing, finishing, spreading);
        Exchanging = new(books, new(books, finishing, spreading), promoting, claiming, foresight, new(books, foresight));
        Reporting = new(books);
        Recovering = new(books, Sessions, finishing, spreading);
        Jobs = new(books, deduplicating, finishing, new(books, links, releasing), spreading);
        var schedules = new Schedules(books);
        Ticking = new(books, schedules, Adding, ids, spreading);
        Schedules = new(books, schedules, Ticking);
        Queues = new(books, deduplicating, schedules);
        Metering = new(books);
        Maintaining = new(books, promoting, new(books, finishing, new(books)), Sessions, spreading, schedules, Metering);
    }

    public Database Database { get; }

    public SessionLife Sessions { get; }

    public Adding Adding { get; }

    public Exchanging Exchanging { get; }

    public Reporting Reporting { get; }

    public Recovering Recovering { get; }

    public AdministeringJobs Jobs { get; }

    public AdministeringQueues Queues { get; }

    public Metering Metering { get; }

    public Maintaining Maintaining { get; }

    public ChangingSchedules Schedules { get; }

    public Ticking Ticking { get; }

    public EventBook Events => books.Telling.Book;

    /// <summary>
    /// After a commit: when another process has written lately, or the file is one of the application's, leaves the file's lock free for a moment, now and then. SQLite's lock is not fair, and
    /// without a gap a busy process would starve the others, and their renewals.
    /// </summary>
    public void GiveWay()
    {
        long now = StoreThread.Milliseconds;
        if ((!isShared && now - othersSeen > Neighbourly) || now - gaveWay < BetweenGaps)
            return;
        StoreThread.Pause();
        gaveWay = StoreThread.Milliseconds;
    }

    /// <summary>At the beginning of a transaction: the steps that follow see what has committed in transactions of the user's.</summary>
    public void Begin()
    {
        Refresh();
        takingIn.Run();
    }

    /// <summary>Writes what was counted, and commits.</summary>
    public void Commit()
    {
        books.Flush();
        Database.Commit();
    }

    /// <summary>After a commit: tells the watchers.</summary>
    public void Announce(StoreWatchers watchers)
    {
        if (watchers.Any)
        {
            if (NewsOfOthers())
                watchers.Tell(new(StoreSignalKind.Changed));
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
    public bool NoticeOthers()
    {
        Look(() => true);
        return NewsOfOthers();
    }

    /// <summary>Moves the clock.</summary>
    public bool SetClockOffset(long offset)
    {
        long before = books.Now;
        books.Ledger.SetClockOffset(offset);

        // What was over may be to come again. The other way nothing changes but the time.
        if (books.Now < before)
        {
            books.Queues.LookAtTimesAnew();
            books.Keys.LookAtTimesAnew();
        }

        return true;
    }

    public void Dispose() => Database.Dispose();

    private bool Look(Func<bool> look)
    {
        Database.BeginReading();
        try
        {
            Refresh();
            return look();
        }
        finally
        {
            Database.Rollback();
        }
    }

    // Whoever sees the changed file first uses the news up: it is kept until the watchers are told.
    private bool NewsOfOthers()
    {
        bool news = books.Ledger.TakeNews() || untold;
        untold = false;
        return news;
    }

    private void Refresh()
    {
        bool wasRenewal = turns.Renewals != renewals;
        renewals = turns.Renewals;
        if (books.Ledger.Refresh() && !wasRenewal)
            othersSeen = StoreThread.Milliseconds;
    }
}
