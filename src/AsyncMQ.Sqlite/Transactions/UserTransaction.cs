using System.Data.Common;
using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Records;
using AsyncMQ.Storage;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace AsyncMQ.Sqlite.Transactions;

/// <summary>A transaction of the user's on a connection of his own, and what is written in it. Its first statement finds out whether it is on this file.</summary>
internal sealed class UserTransaction
{
    private readonly SqliteTransaction transaction;
    private readonly SqliteConnection connection;
    private readonly byte[] installation;
    private readonly string path;

    /// <exception cref="ArgumentException">It is of another kind, or has ended.</exception>
    public UserTransaction(DbTransaction transaction, byte[] installation, string path)
    {
        if (transaction is not SqliteTransaction sqlite)
        {
            throw new ArgumentException(
                $"The store is '{path}', so a transaction of Microsoft.Data.Sqlite is needed, but it was a {transaction.GetType()}.", nameof(transaction));
        }

        // SQLite itself ends one after some errors, and its object does not know.
        if (sqlite.Connection is not { Handle: { } handle } open || raw.sqlite3_get_autocommit(handle) != 0)
            throw new ArgumentException("The transaction has ended: it was committed, rolled back or disposed.", nameof(transaction));

        (this.transaction, connection, this.installation, this.path) = (sqlite, open, installation, path);
    }

    /// <summary>Writes a group into the inbox.</summary>
    public void Defer(AddGroup group)
    {
        byte[] data = DeferredGroups.Pack(group);
        try
        {
            long number = Ask("within/next-number", (":installation", installation)) is long next ? next : throw IsElsewhere();
            Run("within/defer", (":number", number), (":jobs", group.Jobs.Count), (":data", data));
        }
        catch (SqliteException error)
        {
            throw Translate(error);
        }
    }

    /// <summary>Writes that a claimed job is completed.</summary>
    public CompletionOutcome Complete(Completion completion)
    {
        try
        {
            bool isLong = Bodies.IsLong(completion.Result);
            int changed = Run(
                "within/complete",
                (":result", completion.Result.IsEmpty ? DBNull.Value : isLong ? (long)completion.Result.Length : completion.Result.ToArray()),
                (":extras", isLong ? (long)JobExtras.Body : 0L),
                (":handle", completion.Handle),
                (":lane", (long)completion.Token.Lane),
                (":step", completion.Token.Sequence),
                (":session", completion.Token.Session.Value.ToByteArray()),
                (":queue", completion.Job.Queue),
                (":installation", installation));
            if (changed == 0)
                return WhyNot(completion);

            if (isLong)
                Run("within/write-body", (":id", Bodies.Key(completion.Handle, JobPart.Result)), (":data", completion.Result.ToArray()));
            return CompletionOutcome.Written;
        }
        catch (SqliteException error)
        {
            throw Translate(error);
        }
    }

    private CompletionOutcome WhyNot(Completion completion)
    {
        using SqliteCommand command = Command(
            "within/why", (":installation", installation), (":handle", completion.Handle), (":queue", completion.Job.Queue));
        using SqliteDataReader row = command.ExecuteReader();
        row.Read();
        if (row.GetBoolean(0))
            throw IsElsewhere();
        if (row.GetBoolean(2))
            return CompletionOutcome.AlreadyCompleted;
        return row.GetBoolean(1)
            ? throw new StoreRejectedException(
                $"A worker of an earlier version of the library uses '{path}', and would run a job again that a transaction has completed. "
                + "Update all processes first.")
            : CompletionOutcome.Lost;
    }

    private int Run(string name, params ReadOnlySpan<(string Name, object Value)> values)
    {
        using SqliteCommand command = Command(name, values);
        return command.ExecuteNonQuery();
    }

    private object? Ask(string name, params ReadOnlySpan<(string Name, object Value)> values)
    {
        using SqliteCommand command = Command(name, values);
        return command.ExecuteScalar();
    }

    private SqliteCommand Command(string name, params ReadOnlySpan<(string Name, object Value)> values)
    {
        SqliteCommand command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = SqlText.Find(name);
        foreach ((string parameter, object value) in values)
            command.Parameters.AddWithValue(parameter, value);
        return command;
    }

    private ArgumentException IsElsewhere() => new(
        $"The transaction is on '{connection.DataSource}', which is not the file of this store ('{path}').", nameof(transaction));

    // Of a plain error the one cause is a table or a column that is not there.
    private Exception Translate(SqliteException error) => error.SqliteErrorCode == raw.SQLITE_ERROR
        ? IsElsewhere()
        : new StoreException($"The transaction on '{path}' could not be written to: {error.Message} Roll it back.", error);
}
