using System.Reflection;

namespace AsyncMQ.Redis.Scripting;

/// <summary>
/// The Lua files of the store. What several transitions share is in <c>Library/</c>; a file says in its first line which of those it needs, and they go
/// before it with what they need themselves, in order of their names. Only those: a server runs all of a script each time, and Lua has room for two hundred
/// names in one.
/// All behind the first files is one function. For each name from outside that a function takes, Lua walks over all names that were taken later, but a name
/// from outside of the function around it is at hand: so functions, which a server makes anew each time it runs a script, cost half as much. A function may
/// take sixty names from outside.
/// </summary>
internal static class ScriptLibrary
{
    private const string Mark = "-- Needs: ";

    /// <summary>The last of the files whose names all others use.</summary>
    private const string LastOfBase = "02-records";

    /// <summary>A file with what it needs before it.</summary>
    public static string ReadWhole(string file)
    {
        string text = Read(file + ".lua");
        var needed = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Collect(text, needed);
        string first = string.Concat(needed.Where(static part => IsOfBase(part.Key)).Select(static part => part.Value));
        string rest = string.Concat(needed.Where(static part => !IsOfBase(part.Key)).Select(static part => part.Value));
        return rest.Length == 0 ? first + text : $"{first}return (function()\n{rest}{text}\nend)()\n";
    }

    private static bool IsOfBase(string name) => string.CompareOrdinal(name, LastOfBase) <= 0;

    private static void Collect(string text, SortedDictionary<string, string> needed)
    {
        if (!text.StartsWith(Mark, StringComparison.Ordinal))
            return;

        foreach (string name in text[Mark.Length..text.IndexOf('\n', StringComparison.Ordinal)].Split(", "))
        {
            if (needed.ContainsKey(name))
                continue;
            string part = Read($"Library/{name}.lua");
            needed.Add(name, part);
            Collect(part, needed);
        }
    }

    private static string Read(string file)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(file)
            ?? throw new InvalidOperationException($"The script '{file}' is not part of the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
