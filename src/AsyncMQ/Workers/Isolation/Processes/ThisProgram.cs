using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace AsyncMQ.Workers;

/// <summary>How this program is started again.</summary>
internal static class ThisProgram
{
    /// <exception cref="InvalidOperationException">The path of the program is not known.</exception>
    public static ProcessStartInfo Again(Isolation isolation, IsolationOrder order)
    {
        string program = Environment.ProcessPath
            ?? throw new InvalidOperationException("The path of this program is not known, so it cannot be started again for an isolated job.");
        var start = new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardError = true, UseShellExecute = false };
        string[] own = Environment.GetCommandLineArgs();
        if (Path.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase))
            start.ArgumentList.Add(EntryAssembly() ?? own[0]);
        foreach (string argument in isolation.Arguments ?? own.Skip(1))
            start.ArgumentList.Add(argument);

        start.Environment[IsolationOrder.Variable] = order.ToString();
        if (isolation.MemoryLimit is { } limit)
            start.Environment["DOTNET_GCHeapHardLimit"] = (limit / 4 * 3).ToString("X", CultureInfo.InvariantCulture); // the runtime reads it as hexadecimal; the share is that of its own in a container
        return start;
    }

    // By its name: the location of an assembly is not known in a single file, where the program is not called dotnet either.
    private static string? EntryAssembly() =>
        Assembly.GetEntryAssembly()?.GetName().Name is { } name && Path.Combine(AppContext.BaseDirectory, name + ".dll") is var path && File.Exists(path) ? path : null;
}
