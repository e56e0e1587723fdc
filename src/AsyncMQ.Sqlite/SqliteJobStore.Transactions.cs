using System.Data.Common;
using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Transactions;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite;

/// <content>Transactions of the user's.</content>
internal sealed partial class SqliteJobStore : ITransactionalStore
{
    /// <summary>How long a look waits for the writer to take in. Who holds the lock longer is a transaction of the user's, maybe that of the one who looks.</summary>
    private static readonly TimeSpan PatienceOfLooks = TimeSpan.FromSeconds(1);

    private byte[]? installation;

    public ValueTask DeferAsync(DbTransaction transaction, AddGroup group, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Defer(transaction, group);
        return ValueTask.CompletedTask;
    }

    public void Defer(DbTransaction transaction, AddGroup group) => Within(transaction).Defer(group);

    public ValueTask<CompletionOutcome> CompleteAsync(DbTransaction transaction, Completion completion, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Within(transaction).Complete(completion));
    }

    private UserTransaction Within(DbTransaction transaction) => new(transaction, installation ??= reading.Read(ReadInstallation), path);

    private static byte[] ReadInstallation(Database database)
    {
        Statement row = database.Prepare("transaction/installation").Start();
        byte[] found = row.Step() ? row.Bytes(0) : [];
        row.Reset();
        return found;
    }

    /// <summary>A look at jobs, queues, keys or flows: at what has committed in transactions of the user's, too.</summary>
    private ValueTask<T> LookAtJobs<T>(Func<Database, T> look, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<T>(cancellationToken);

        try
        {
            (bool isNew, T? seen) = reading.Read(database => Inbox.HasAny(database) ? (true, default) : (false, look(database)));
            return isNew ? TakeInAndLook(look, cancellationToken) : ValueTask.FromResult(seen!);
        }
        catch (Exception error)
        {
            return ValueTask.FromException<T>(error);
        }
    }

    private async ValueTask<T> TakeInAndLook<T>(Func<Database, T> look, CancellationToken cancellationToken)
    {
        // Every transaction of the writer's takes in.
        var taking = new WriterStep<bool, bool>(true, static (_, _) => true) { MayBeForgotten = true };
        writer.Send(taking);
        try
        {
            await taking.Task.WaitAsync(PatienceOfLooks, time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is TimeoutException or StoreException)
        {
            // The file is locked, or cannot be written: what is there can be seen all the same.
        }

        return reading.Read(look);
    }
}
