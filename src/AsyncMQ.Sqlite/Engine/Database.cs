using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace AsyncMQ.Sqlite.Engine;

/// <summary>One connection with its prepared statements. Used by one thread at a time.</summary>
internal sealed class Database : IDisposable
{
    private readonly SqliteConnection connection;
    private readonly Dictionary<string, Statement> statements = new(StringComparer.Ordinal);
    private bool isFull;
    private bool isSynced;

    private Database(SqliteConnection connection) => this.connection = connection;

    private sqlite3 Handle => connection.Handle!;

    /// <summary>True inside a transaction.</summary>
    public bool IsInTransaction => raw.sqlite3_get_autocommit(Handle) == 0;

    /// <summary>Opens a connection.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How.</param>
    /// <param name="create">Create the file when there is none.</param>
    public static Database Open(string path, SqliteStoreOptions options, bool create)
    {
        var text = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = create ? SqliteOpenMode.ReadWriteCreate : SqliteOpenMode.ReadWrite,
            Pooling = false,
        };
        var connection = new SqliteConnection(text.ToString());
        try
        {
            connection.Open();
            var database = new Database(connection);
            _ = raw.sqlite3_extended_result_codes(database.Handle, 1);
            _ = raw.sqlite3_busy_timeout(database.Handle, (int)options.BusyTimeout.TotalMilliseconds);
            return database;
        }
        catch (SqliteException error)
        {
            connection.Dispose();
            throw SqliteFault.From(error);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>What is particular to a connection that writes: durability, cache, a checkpoint every 16 MiB of log, and no waiting for locks.</summary>
    public void PrepareForWriting(SqliteStoreOptions options)
    {
        // SQLite would wait longer and longer between its tries; WriteTurns asks every millisecond.
        _ = raw.sqlite3_busy_timeout(Handle, 0);
        isFull = options.Synchronous == SqliteSynchronous.Full;
        SetSynchronous(isFull);
        Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA cache_size = {-1024 * options.CacheMebibytes}"));
        Execute("PRAGMA wal_autocheckpoint = 4096");
        Execute("PRAGMA journal_size_limit = 67108864");
        Execute("PRAGMA temp_store = MEMORY");
    }

    /// <summary>A statement of the SQL files, prepared at its first use.</summary>
    public Statement Prepare(string name)
    {
        if (!statements.TryGetValue(name, out Statement? statement))
            statements.Add(name, statement = new(Handle, SqlText.Find(name)));
        return statement;
    }

    /// <summary>Runs one or more statements without values: schema and settings.</summary>
    public void Execute(string sql)
    {
        int code = raw.sqlite3_exec(Handle, sql);
        if (code != raw.SQLITE_OK)
            throw new SqliteFault(raw.sqlite3_extended_errcode(Handle), raw.sqlite3_errmsg(Handle).utf8_to_string());
    }

    /// <summary>Runs a one-time query, such as a pragma, and gives each row's first column.</summary>
    public List<string> Query(string sql)
    {
        using var statement = new Statement(Handle, sql);
        List<string> values = [];
        while (statement.Step())
            values.Add(statement.Text(0));
        return values;
    }

    /// <summary>Begins a transaction that sees one state of the file and does not write.</summary>
    public void BeginReading() => Prepare("transaction/begin-reading").Start().Run();

    /// <summary>Begins a transaction that writes, taking the file's lock now.</summary>
    public void BeginWriting() => Prepare("transaction/begin-writing").Start().Run();

    /// <summary>
    /// Says, before a transaction begins, whether its commit waits for the disk. That one which does not is on the disk with the next that does, and
    /// never without those before it. Where no commit waits, nothing changes.
    /// </summary>
    public void WaitForDisk(bool wait)
    {
        if (isFull && wait != isSynced)
            SetSynchronous(wait);
    }

    /// <summary>Ends the transaction, keeping what it did.</summary>
    public void Commit() => Prepare("transaction/commit").Start().Run();

    /// <summary>Ends the transaction, if there is one, undoing what it did. Never throws.</summary>
    public void Rollback()
    {
        foreach (Statement statement in statements.Values)
            statement.Reset();
        if (IsInTransaction)
            _ = raw.sqlite3_exec(Handle, "ROLLBACK");
    }

    /// <summary>A number that changes when another connection has committed.</summary>
    public long DataVersion() => Prepare("transaction/data-version").Start().RunForNumber() ?? 0;

    private void SetSynchronous(bool full)
    {
        Execute(full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
        isSynced = full;
    }

    public void Dispose()
    {
        foreach (Statement statement in statements.Values)
            statement.Dispose();
        statements.Clear();
        connection.Dispose();
    }
}
