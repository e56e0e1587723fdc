using System.Reflection;

namespace AsyncMQ.Postgres.Migrating;

/// <summary>The SQL of the assembly: <c>Schema/</c>, a file for each minor layout; <c>Functions/</c>, what the steps are made of, each in a file of its name.</summary>
internal static class SqlFiles
{
    private const string Functions = "Functions/";
    private const string Library = Functions + "Library/";
    private const string Auditing = Functions + "Auditing/";

    /// <summary>What brings tables from one minor layout to the next.</summary>
    public static string SchemaOf(int minor) => Read($"Schema/{minor + 1:000}.sql");

    /// <summary>All functions, those first that others are made of.</summary>
    public static IEnumerable<string> AllFunctions() =>
        NamesOf(Functions).OrderBy(static name => !name.StartsWith(Library, StringComparison.Ordinal)).ThenBy(static name => name, StringComparer.Ordinal).Select(Read);

    /// <summary>
    /// The names of the functions that the store calls; those of the library are called by these only. Those of an audit look at whole tables, for which the
    /// planner is to choose by what is in them.
    /// </summary>
    public static IEnumerable<(string Name, bool LooksAtAll)> EntryPoints() =>
        NamesOf(Functions).Where(static name => !name.StartsWith(Library, StringComparison.Ordinal))
            .Select(static name => (Path.GetFileNameWithoutExtension(name), name.StartsWith(Auditing, StringComparison.Ordinal)));

    private static IEnumerable<string> NamesOf(string folder) =>
        Assembly.GetExecutingAssembly().GetManifestResourceNames().Where(name => name.StartsWith(folder, StringComparison.Ordinal));

    private static string Read(string file)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(file)
            ?? throw new InvalidOperationException($"The SQL file '{file}' is not part of the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
