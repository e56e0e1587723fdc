using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Events;
using AsyncMQ.Sqlite.Keys;
using AsyncMQ.Sqlite.Linking;
using AsyncMQ.Sqlite.Transactions;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Records;

/// <summary>Everything that the writer's transitions read and write, bundled.</summary>
internal sealed class Books
{
    private readonly ByteWriter reply = new();

    public Books(Database database, TimeProvider time)
    {
        Database = database;
        Ledger = new(database, time);
        Names = new(Ledger);
        Queues = new(Ledger);
        Sessions = new(Ledger, Names);
        Effects = new(Ledger);
        Inbox = new(Ledger);
        Keys = new(Ledger, Queues);
        Jobs = new(Ledger, Queues, Effects, Keys);
        Telling = new(Ledger, Names);
    }

    public Database Database { get; }

    public Ledger Ledger { get; }

    public Names Names { get; }

    public Queues Queues { get; }

    public Sessions Sessions { get; }

    public Effects Effects { get; }

    /// <summary>Groups whose transactions have committed.</summary>
    public Inbox Inbox { get; }

    public KeyTurns Keys { get; }

    public Jobs Jobs { get; }

    /// <summary>What to tell those who subscribe to events.</summary>
    public Telling Telling { get; }

    /// <summary>A writer for replies; the caller is done with it before the next asks.</summary>
    public ByteWriter Reply => reply.Clear();

    /// <summary>The time of the step.</summary>
    public long Now => Ledger.Now;

    /// <summary>Writes what was counted.</summary>
    public void Flush()
    {
        Keys.Flush();
        Keys.Trim();
        TellOfQueues();
        Queues.Flush();
        Telling.Book.Flush();
        Ledger.Flush();
    }

    /// <summary>After a rollback.</summary>
    public void Forget()
    {
        Ledger.Forget();
        Names.Forget();
        Queues.Forget();
        Keys.Forget();
        Sessions.Forget();
        Telling.Book.Forget();
    }

    /// <summary>Tells that a job ended or is gone.</summary>
    public void TellEnded(string queue, string id) => Ledger.Tell(new(StoreSignalKind.Ended, queue, id));

    private void TellOfQueues()
    {
        if (Ledger.EventsUntil <= Ledger.Now)
            return;
        foreach (QueueEntry queue in Queues.Touched)
        {
            if (queue.WasBusy && !queue.IsBusy)
                Telling.Queue(JobEventKinds.QueueDrained, queue.Name);
            Telling.Limits(queue);
        }
    }
}
