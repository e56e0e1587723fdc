using System.Reflection;

namespace AsyncMQ.Redis.Scripting;

/// <summary>The Lua files of the store: what the transitions share, in order of their names, goes before each of them.</summary>
internal static class ScriptLibrary
{
    private const string Folder = "Library/";

    /// <summary>The shared functions.</summary>
    public static string Text { get; } = string.Concat(
        Assembly.GetExecutingAssembly().GetManifestResourceNames()
            .Where(static name => name.StartsWith(Folder, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(Read));

    /// <summary>One file.</summary>
    public static string Read(string file)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(file)
            ?? throw new InvalidOperationException($"The script '{file}' is not part of the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
