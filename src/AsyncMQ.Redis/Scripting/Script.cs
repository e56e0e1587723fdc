using System.Security.Cryptography;
using System.Text;

namespace AsyncMQ.Redis.Scripting;

/// <summary>What a script may do, as the server wants to know before it runs it.</summary>
internal enum ScriptKind
{
    /// <summary>Writes, and is refused when the server's memory is full.</summary>
    Grows,

    /// <summary>Writes, full memory or not: so a full server drains.</summary>
    Drains,

    /// <summary>Reads.</summary>
    Reads,
}

/// <summary>A Lua script: the library, then a transition's own file. Sent by its hash.</summary>
internal sealed class Script
{
    private Script(string name, ScriptKind kind, string text)
    {
        Name = name;
        Kind = kind;
        Text = text;
#pragma warning disable CA5350 // the name that the server gives to scripts, not a secret
        Hash = SHA1.HashData(Encoding.UTF8.GetBytes(text));
#pragma warning restore CA5350
    }

    /// <summary>The file, for messages.</summary>
    public string Name { get; }

    public ScriptKind Kind { get; }

    public string Text { get; }

    public byte[] Hash { get; }

    /// <summary>Reads a script from the assembly.</summary>
    /// <param name="name">The file, for example <c>Working/exchange</c>.</param>
    /// <param name="kind">What it may do.</param>
    public static Script Load(string name, ScriptKind kind)
    {
        string flags = kind switch { ScriptKind.Drains => "#!lua flags=allow-oom\n", ScriptKind.Reads => "#!lua flags=no-writes\n", _ => "#!lua\n" };
        return new(name, kind, flags + ScriptLibrary.ReadWhole(name));
    }

    /// <summary>The same with another text: another script to the server, of another hash.</summary>
    public Script Rewritten(Func<string, string> rewrite) => new(Name, Kind, rewrite(Text));
}
