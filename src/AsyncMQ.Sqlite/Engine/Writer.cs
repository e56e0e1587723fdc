using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Engine;

/// <summary>
/// The store's one writing thread. It takes every step that is pending, runs them in one transaction, commits once and answers them all: steps that come
/// while a commit is under way share the next one, without a timer. While somebody watches and nothing is to do, it looks for other processes' commits.
/// </summary>
internal sealed class Writer(string path, SqliteStoreOptions options, TimeProvider time, WriteTurns turns, StoreWatchers watchers) : IDisposable
{
    private const int MostStepsInOneTransaction = 512;

    /// <summary>Milliseconds between tries to open a connection again that broke while nothing is to do.</summary>
    private const long BetweenOpenings = 1_000;

    private readonly Lock gate = new();
    private readonly AutoResetEvent arrived = new(false);
    private List<WriterStep> pending = [];
    private Thread? thread;
    private bool isStopping;
    private StepRunner? runner;
    private bool wasOpen;
    private long mayOpenAt;

    /// <summary>Hands in a step.</summary>
    public void Send(WriterStep step)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isStopping, typeof(SqliteJobStore));
            thread ??= StoreThread.Start("AsyncMQ SQLite writer", Loop);
            pending.Add(step);
            if (pending.Count == 1)
                arrived.Set();
        }
    }

    /// <summary>Wakes the thread: somebody watches now.</summary>
    public void Wake()
    {
        lock (gate)
        {
            if (isStopping)
                return;
            thread ??= StoreThread.Start("AsyncMQ SQLite writer", Loop);
            arrived.Set();
        }
    }

    /// <summary>Does what is pending, then ends the thread and closes the connection.</summary>
    public void Dispose()
    {
        Thread? running;
        lock (gate)
        {
            if (isStopping)
                return;
            isStopping = true;
            running = thread;
        }

        arrived.Set();
        running?.Join();
        arrived.Dispose();
        runner?.Dispose();
    }

    private void Loop()
    {
        List<WriterStep> batch = [];
        while (true)
        {
            lock (gate)
                (batch, pending) = (pending, batch);

            if (batch.Count > 0)
            {
                for (int from = 0; from < batch.Count; from += MostStepsInOneTransaction)
                    Process(batch.GetRange(from, Math.Min(MostStepsInOneTransaction, batch.Count - from)));
                batch.Clear();
            }
            else if (isStopping)
            {
                break;
            }
            else if (!arrived.WaitOne(watchers.Any ? (int)options.PollInterval.TotalMilliseconds : Timeout.Infinite) && watchers.Any)
            {
                Poll();
            }
        }

        runner?.Dispose();
        runner = null;
    }

    private void Process(List<WriterStep> batch)
    {
        try
        {
            batch.RemoveAll(TryPeek);
            if (batch.Count > 0)
                Transact(batch);
        }
        catch (Exception error)
        {
            Undo(error);
            if (batch.Count == 1 || error is SqliteFault { IsBusy: true })
            {
                foreach (WriterStep step in batch)
                    step.Fail(Translate(error));
                return;
            }

            // One of them failed and took the others with it. Nothing of the transaction is left, so each can run by itself, and the failing one fails alone.
            foreach (WriterStep step in batch)
                Process([step]);
        }
    }

    private bool TryPeek(WriterStep step)
    {
        try
        {
            if (!Runner().TryPeek(step))
                return false;
        }
        catch (Exception error)
        {
            // If it is more than a lock, the transaction meets it too, and tells the caller.
            Undo(error);
            return false;
        }

        step.Complete();
        return true;
    }

    private void Transact(List<WriterStep> batch)
    {
        StepRunner current = Runner();
        Exception?[] refusals = new Exception?[batch.Count];
        current.Database.WaitForDisk(!batch.TrueForAll(static step => step.MayBeForgotten));
        if (!TryBeginWriting(current.Database, batch))
            return;
        try
        {
            current.Begin();
            for (int i = 0; i < batch.Count; i++)
            {
                try
                {
                    batch[i].Run(current);
                }
                catch (Exception error) when (error is SessionLostException or StaleStepException)
                {
                    // Thrown before the step has written anything.
                    refusals[i] = error;
                }
            }

            current.Commit();
        }
        finally
        {
            if (current.Database.IsInTransaction)
                current.Database.Rollback();
            turns.Exit();
        }

        for (int i = 0; i < batch.Count; i++)
        {
            if (refusals[i] is { } error)
                batch[i].Fail(error);
            else
                batch[i].Complete();
        }

        current.Announce(watchers);
        current.GiveWay();
    }

    /// <summary>Waits for the file's lock. False: it is taken, and that is the answer.</summary>
    private bool TryBeginWriting(Database database, List<WriterStep> batch)
    {
        bool mayBeLocked = batch.TrueForAll(static step => step.MayBeLocked);
        try
        {
            turns.BeginWriting(database, mayBeLocked ? TimeSpan.Zero : options.BusyTimeout);
            return true;
        }
        catch (SqliteFault fault) when (mayBeLocked && fault.IsBusy)
        {
            batch.ForEach(static step => step.Complete());
            return false;
        }
    }

    private void Undo(Exception error)
    {
        runner?.Forget();

        // After a failure of the disk or of the file nothing that the connection remembers can be trusted.
        if (error is SqliteFault { LeavesTheConnectionSound: false })
        {
            runner?.Dispose();
            runner = null;
        }
    }

    private void Poll()
    {
        try
        {
            if ((runner is not null || MayOpenAgain()) && Runner().NoticeOthers())
                watchers.Tell(new(StoreSignalKind.Changed));
        }
        catch (Exception error)
        {
            // The next step will meet the same failure and tell its caller.
            Undo(error);
        }
    }

    /// <summary>The connection broke and no step has asked for it since: without it nobody would hear of other processes.</summary>
    private bool MayOpenAgain()
    {
        if (!wasOpen || StoreThread.Milliseconds < mayOpenAt)
            return false;
        mayOpenAt = StoreThread.Milliseconds + BetweenOpenings;
        return true;
    }

    private StepRunner Runner()
    {
        if (runner is null)
        {
            Database database = Database.Open(path, options, create: true);
            try
            {
                Layout.Ensure(database, path, options.SharesFile);
                database.PrepareForWriting(options);
            }
            catch
            {
                database.Dispose();
                throw;
            }

            runner = new(database, time, turns, isReopened: wasOpen, isShared: options.SharesFile);
            wasOpen = true;
        }

        return runner;
    }

    private Exception Translate(Exception error) => error switch
    {
        SqliteFault fault => fault.ToStoreException(path),
        StoreException or ArgumentException or NotSupportedException => error,
        UnauthorizedAccessException or IOException => new StoreRejectedException($"'{path}' cannot be used: {error.Message}", error),
        _ => new StoreException($"A step on '{path}' failed and was undone: {error.Message}", error),
    };
}
