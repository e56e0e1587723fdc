using AsyncMQ.Sqlite.Engine;

namespace AsyncMQ.Sqlite.Records;

/// <summary>Names of jobs and workers as numbers. Rows are only ever added, so what was read stays true until a rollback.</summary>
internal sealed class Names(Ledger ledger)
{
    private readonly Statement find = ledger.Database.Prepare("names/find");
    private readonly Statement read = ledger.Database.Prepare("names/read");
    private readonly Statement add = ledger.Database.Prepare("names/add");
    private readonly Dictionary<string, long> ids = new(StringComparer.Ordinal);
    private readonly Dictionary<long, string> texts = [];

    /// <summary>The number of a name, given to it now if it has none.</summary>
    public long Intern(string text)
    {
        if (ids.TryGetValue(text, out long id))
            return id;

        id = find.Start().Bind(text).RunForNumber() ?? add.Start().Bind(text).RunForNumber()!.Value;
        Remember(id, text);
        return id;
    }

    /// <summary>The number of a name, or null when it has none.</summary>
    public long? Find(string text)
    {
        if (ids.TryGetValue(text, out long id))
            return id;
        if (find.Start().Bind(text).RunForNumber() is not { } found)
            return null;
        Remember(found, text);
        return found;
    }

    /// <summary>The name of a number; null when the record that has it is damaged.</summary>
    public string? Text(long id)
    {
        if (texts.TryGetValue(id, out string? text))
            return text;
        if (!read.Start().Bind(id).Step())
            return null;
        text = read.Text(0);
        read.Reset();
        Remember(id, text);
        return text;
    }

    /// <summary>After a rollback: a name may not have been written.</summary>
    public void Forget()
    {
        ids.Clear();
        texts.Clear();
    }

    private void Remember(long id, string text)
    {
        // A service that makes up names as it goes must not fill the memory.
        if (ids.Count > 100_000)
            Forget();
        ids[text] = id;
        texts[id] = text;
    }
}
