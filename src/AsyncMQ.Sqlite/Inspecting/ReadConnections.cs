using System.Collections.Concurrent;
using AsyncMQ.Sqlite.Engine;

namespace AsyncMQ.Sqlite.Inspecting;

/// <summary>A few connections for looking, beside the one that writes. Each look sees one state of the file.</summary>
internal sealed class ReadConnections(string path, SqliteStoreOptions options) : IDisposable
{
    private const int MostKept = 4;

    private readonly ConcurrentBag<Database> idle = [];
    private bool isDisposed;

    /// <summary>Looks at the store.</summary>
    public T Read<T>(Func<Database, T> look)
    {
        ObjectDisposedException.ThrowIf(isDisposed, typeof(SqliteJobStore));
        Database? database = null;
        bool isSound = false;
        try
        {
            if (!idle.TryTake(out database))
                database = Database.Open(path, options, create: false);
            database.BeginReading();
            T seen = look(database);
            isSound = true;
            return seen;
        }
        catch (SqliteFault fault)
        {
            throw fault.ToStoreException(path);
        }
        finally
        {
            if (database is not null)
                GiveBack(database, isSound);
        }
    }

    public void Dispose()
    {
        isDisposed = true;
        while (idle.TryTake(out Database? database))
            database.Dispose();
    }

    private void GiveBack(Database database, bool isSound)
    {
        database.Rollback();
        if (isSound && !isDisposed && idle.Count < MostKept)
            idle.Add(database);
        else
            database.Dispose();
        if (isDisposed)
            Dispose();
    }
}
