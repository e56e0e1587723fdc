using System.Reflection;

namespace AsyncMQ.Workers;

/// <summary>How a process calls itself to people: its machine, its number, and the version of its program.</summary>
/// <param name="Host">The machine.</param>
/// <param name="ProcessId">The operating system's number.</param>
/// <param name="Version">The version of the entry assembly, as its build says; empty: there is none.</param>
internal sealed record ProcessIdentity(string Host, int ProcessId, string Version)
{
    /// <summary>This process.</summary>
    public static ProcessIdentity Current { get; } = new(Environment.MachineName, Environment.ProcessId, VersionOf(Assembly.GetEntryAssembly()));

    /// <summary>In one word.</summary>
    public string Name => $"{Host}:{ProcessId}";

    private static string VersionOf(Assembly? program) =>
        program?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? program?.GetName().Version?.ToString() ?? "";
}
