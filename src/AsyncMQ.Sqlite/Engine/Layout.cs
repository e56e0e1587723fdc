using System.Globalization;
using System.Text.RegularExpressions;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Engine;

/// <summary>The layout of the file: made, migrated and checked here, by as many processes at once as like.</summary>
internal static partial class Layout
{
    private const int Major = 1;
    /// <summary>What this version of the library knows; the sessions that it opens say so.</summary>
    public const int Minor = 5;


    /// <summary>Marks the file as ours: 'AsMQ'.</summary>
    private const int ApplicationId = 0x41_73_4D_51;

    /// <summary>Makes the file ready, or says why it cannot be used.</summary>
    public static void Ensure(Database database, string path, bool isShared)
    {
        // Looked at before anything is changed: a database of another program is left as it is.
        bool isNew = IsNew(database, path, isShared);
        if (database.Query("PRAGMA journal_mode = WAL") is not ["wal"])
            throw new StoreRejectedException($"'{path}' cannot use a write-ahead log. Put it on a local disk: network file systems cannot share it safely.");

        if (isNew)
            Change(database, () => Create(database, path, isShared));
        if (MinorOf(database, path) < Minor)
            Change(database, () => Upgrade(database, path));
    }

    private static void Change(Database database, Action change)
    {
        database.BeginWriting();
        try
        {
            change();
            database.Commit();
        }
        catch
        {
            database.Rollback();
            throw;
        }
    }

    private static void Create(Database database, string path, bool isShared)
    {
        // Another process may have been first.
        if (!IsNew(database, path, isShared))
            return;

        database.Execute(SqlOf(0));
        if (!isShared)
            database.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA application_id = {ApplicationId}"));
        database.Execute(string.Create(CultureInfo.InvariantCulture, $"INSERT INTO meta (one, layout_major, layout_minor) VALUES (1, {Major}, 0)"));
        Upgrade(database, path);
    }

    /// <summary>Adds what the layout lacks: a file of SQL for each minor. Minors only add, so that older processes go on with the file.</summary>
    private static void Upgrade(Database database, string path)
    {
        for (int minor = MinorOf(database, path) + 1; minor <= Minor; minor++)
        {
            RequireFree(database, path, minor);
            database.Execute(SqlOf(minor));
            database.Execute(string.Create(CultureInfo.InvariantCulture, $"UPDATE meta SET layout_minor = {minor}"));
        }
    }

    /// <summary>True for a database that has nothing of ours yet and may get it, false for one that has.</summary>
    private static bool IsNew(Database database, string path, bool isShared)
    {
        List<string> tables = database.Query("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'");
        if (tables.Count == 0)
            return true;

        bool isMarked = database.Query("PRAGMA application_id") is [var mark] && mark == ApplicationId.ToString(CultureInfo.InvariantCulture);
        if (isMarked && tables.Contains("meta"))
            return false;

        // Where others have tables, too, the mark is theirs to use.
        bool isOurs = database.Query("SELECT name FROM pragma_table_info('meta') WHERE name IN ('layout_major', 'layout_minor', 'next_number')").Count == 3;
        if (!isShared)
        {
            throw new StoreRejectedException(isOurs
                ? $"'{path}' has tables of another program beside those of AsyncMQ. Set {nameof(SqliteStoreOptions)}.{nameof(SqliteStoreOptions.SharesFile)} in every process that uses it."
                : $"'{path}' is a database of another program (it has a table '{tables[0]}'). Nothing was changed; give AsyncMQ a file of its own, "
                    + $"or set {nameof(SqliteStoreOptions)}.{nameof(SqliteStoreOptions.SharesFile)} to have its tables in this one.");
        }

        for (int minor = 0; !isOurs && minor <= Minor; minor++)
            RequireFree(database, path, minor);
        return !isOurs;
    }

    /// <summary>That nobody else has anything of the names that a minor brings, in a file that others may use, too.</summary>
    private static void RequireFree(Database database, string path, int minor)
    {
        var taken = new HashSet<string>(database.Query("SELECT type || ' ' || name FROM sqlite_schema"), StringComparer.OrdinalIgnoreCase);
        foreach (Match made in Made().Matches(SqlOf(minor)))
        {
            string name = made.Groups[1].Value;
            string? type = ((string[])["table", "view", "index", "trigger"]).FirstOrDefault(type => taken.Contains($"{type} {name}"));
            if (type is not null)
            {
                throw new StoreRejectedException(
                    $"'{path}' has a {type} '{name}' already, and AsyncMQ needs that name. Nothing was changed; rename it, or give AsyncMQ a file of its own.");
            }
        }
    }

    private static string SqlOf(int minor) => SqlText.Read(string.Create(CultureInfo.InvariantCulture, $"Schema/{minor + 1:000}.sql"));

    [GeneratedRegex(@"^CREATE (?:UNIQUE )?(?:TABLE|INDEX|TRIGGER) (\w+)", RegexOptions.Multiline)]
    private static partial Regex Made();

    private static int MinorOf(Database database, string path)
    {
        if (database.Query("SELECT layout_major || '.' || layout_minor FROM meta") is not [var version]
            || version.Split('.') is not [var first, var second]
            || !int.TryParse(first, CultureInfo.InvariantCulture, out int major)
            || !int.TryParse(second, CultureInfo.InvariantCulture, out int minor))
            throw new StoreRejectedException($"'{path}' does not say which layout it has: its table 'meta' is damaged. Restore a backup.");

        return major <= Major
            ? minor
            : throw new StoreRejectedException(
                $"'{path}' has layout {version}, written by a newer AsyncMQ.Sqlite; this one knows layouts up to {Major}.x. Update the package.");
    }
}
