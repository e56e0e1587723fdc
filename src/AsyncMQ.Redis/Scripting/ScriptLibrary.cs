using System.Reflection;

namespace AsyncMQ.Redis.Scripting;

/// <summary>
/// The Lua files of the store. What several transitions share is in <c>Library/</c>; a file says in its first line which of those it needs, and they go
/// before it with what they need themselves, in order of their names. Only those: a server runs all of a script each time, and Lua has room for two hundred
/// names in one.
/// </summary>
internal static class ScriptLibrary
{
    private const string Mark = "-- Needs: ";

    /// <summary>A file with what it needs before it.</summary>
    public static string ReadWhole(string file)
    {
        string text = Read(file + ".lua");
        var needed = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Collect(text, needed);
        return string.Concat(needed.Values) + text;
    }

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
