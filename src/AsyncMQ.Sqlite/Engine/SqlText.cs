using System.Collections.Concurrent;
using System.Reflection;

namespace AsyncMQ.Sqlite.Engine;

/// <summary>The SQL of the store: files in <c>Sql/</c>, each with statements that begin with a line <c>-- name: the-name</c>.</summary>
internal static class SqlText
{
    private const string Marker = "-- name: ";
    private static readonly ConcurrentDictionary<string, Dictionary<string, string>> Files = [];

    /// <summary>A whole file, for example <c>Schema/001.sql</c>.</summary>
    public static string Read(string file)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(file)
            ?? throw new InvalidOperationException($"The SQL file '{file}' is not part of the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>One statement of a file: <c>add/insert-job</c> is the statement <c>insert-job</c> of <c>add.sql</c>.</summary>
    public static string Find(string name)
    {
        int slash = name.IndexOf('/', StringComparison.Ordinal);
        return Files.GetOrAdd(name[..slash], static file => Split(Read(file + ".sql")))[name[(slash + 1)..]];
    }

    private static Dictionary<string, string> Split(string text)
    {
        var statements = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string part in text.Split(Marker)[1..])
        {
            int end = part.IndexOf('\n', StringComparison.Ordinal);
            statements.Add(part[..end].Trim(), part[end..].Trim());
        }

        return statements;
    }
}
