using AsyncMQ.Storage;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace AsyncMQ.Sqlite.Engine;

/// <summary>What SQLite said when it could not do something.</summary>
internal sealed class SqliteFault(int extendedCode, string message) : Exception($"SQLite error {extendedCode}: {message}")
{
    /// <summary>The primary result code. That the shared index of the log cannot grow is a full disk under another name.</summary>
    public int Code { get; } = extendedCode == raw.SQLITE_IOERR_SHMSIZE ? raw.SQLITE_FULL : extendedCode & 0xFF;

    /// <summary>Another connection holds the lock; nothing is wrong.</summary>
    public bool IsBusy => Code is raw.SQLITE_BUSY or raw.SQLITE_LOCKED;

    /// <summary>The connection can go on: the statement was refused, nothing broke.</summary>
    public bool LeavesTheConnectionSound => IsBusy || Code is raw.SQLITE_FULL or raw.SQLITE_TOOBIG or raw.SQLITE_CONSTRAINT;

    /// <summary>What was to be written is refused, and would be again; nothing is wrong with the file or the disk.</summary>
    public bool IsOfTheStatement => Code is raw.SQLITE_CONSTRAINT or raw.SQLITE_TOOBIG or raw.SQLITE_MISMATCH;

    /// <summary>The same for the driver's own exception.</summary>
    public static SqliteFault From(SqliteException error) => new(error.SqliteExtendedErrorCode, error.Message);

    /// <summary>This failure in the contract's words.</summary>
    public StoreException ToStoreException(string path) => Code switch
    {
        raw.SQLITE_FULL => Rejected($"The disk or quota that holds '{path}' is full. Nothing was written; free some space and the store goes on by itself."),
        raw.SQLITE_READONLY => Rejected($"'{path}' cannot be written. Check the permissions of the file and of its directory, and that the disk is not mounted read-only."),
        raw.SQLITE_CANTOPEN => Rejected($"'{path}' cannot be opened. Check that its directory exists, that this process may read and write there, and that the disk is not mounted read-only."),
        raw.SQLITE_PERM or raw.SQLITE_AUTH => Rejected($"This process may not use '{path}'. Check its permissions."),
        raw.SQLITE_NOTADB => Rejected($"'{path}' is not an SQLite database. Give AsyncMQ a file of its own."),
        raw.SQLITE_CORRUPT => Rejected($"'{path}' is damaged. Stop all processes that use it and restore a backup, or save what is left with 'sqlite3 {path} .recover'."),
        raw.SQLITE_TOOBIG => Rejected($"A value is longer than SQLite stores (1 GB). Nothing was written to '{path}'."),
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => new StoreException($"'{path}' was locked by another process for longer than the busy timeout. The step may be sent again.", this),
        _ => new StoreException($"'{path}': {Message}. The step may be sent again.", this),
    };

    private StoreRejectedException Rejected(string message) => new(message, this);
}
