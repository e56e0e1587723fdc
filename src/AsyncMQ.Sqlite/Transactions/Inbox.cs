using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Records;

namespace AsyncMQ.Sqlite.Transactions;

/// <summary>Whether groups wait to be taken in. Only other connections put any there, so it is looked up when one of them has written.</summary>
internal sealed class Inbox(Ledger ledger)
{
    private const long NeverLooked = -1;

    private long generation = NeverLooked;
    private bool any;

    /// <summary>Whether there is one.</summary>
    public bool Any()
    {
        if (generation != ledger.Generation)
        {
            any = HasAny(ledger.Database);
            generation = ledger.Generation;
        }

        return any;
    }

    /// <summary>Some were taken out.</summary>
    public void LookAgain() => generation = NeverLooked;

    /// <summary>The same for any connection.</summary>
    public static bool HasAny(Database database) => database.Prepare("inbox/any").Start().RunForNumber() is not null;
}
