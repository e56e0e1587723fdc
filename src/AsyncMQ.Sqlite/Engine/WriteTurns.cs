namespace AsyncMQ.Sqlite.Engine;

/// <summary>
/// Whose turn it is to write, within this process. SQLite's lock is not fair: a busy writer would take it again before the lease keeper's connection
/// had noticed that it was free. Here whoever asks is next.
/// </summary>
internal sealed class WriteTurns
{
    private readonly Lock next = new();
    private readonly Lock turn = new();

    /// <summary>How often the lease keeper has committed: the writer sees a changed file, and it was not another process.</summary>
    public long Renewals { get; set; }

    /// <summary>Waits for the turn.</summary>
    public void Enter()
    {
        // Held while waiting for the turn, so that the one who has just had it queues up behind.
        lock (next)
            turn.Enter();
    }

    /// <summary>Gives the turn back.</summary>
    public void Exit() => turn.Exit();

    /// <summary>
    /// Begins a writing transaction within a turn; waits, outside the turn, while another process holds the file. The caller ends the transaction,
    /// then the turn.
    /// </summary>
    public void BeginWriting(Database database, TimeSpan patience)
    {
        long deadline = StoreThread.Milliseconds + (long)patience.TotalMilliseconds;
        while (true)
        {
            Enter();
            try
            {
                database.BeginWriting();
                return;
            }
            catch (SqliteFault fault) when (fault.IsBusy && StoreThread.Milliseconds < deadline)
            {
                Exit();
            }
            catch
            {
                Exit();
                throw;
            }

            StoreThread.Pause();
        }
    }
}
