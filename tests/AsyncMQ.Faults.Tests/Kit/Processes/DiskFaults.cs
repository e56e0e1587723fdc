using System.Diagnostics;

namespace AsyncMQ.Faults.Kit;

/// <summary>System calls on the store's files that fail, made to fail by strace.</summary>
/// <param name="Calls">Which, as strace names them, with commas.</param>
/// <param name="Error">With what error.</param>
/// <param name="First">The first that fails, counted in each thread.</param>
/// <param name="Every">And every so many after it.</param>
internal sealed record DiskFaults(string Calls, string Error, int First, int Every)
{
    /// <summary>Null where it can be used, else why not.</summary>
    public static string? Hindrance { get; } = Try();

    /// <summary>How strace starts a program such that it keeps its own process id and its signals.</summary>
    public IEnumerable<string> Arguments(string store, string trace, string program) =>
    [
        "-D", "-f", "-qq", "-o", trace, "-P", store, "-P", store + "-wal", "-e", $"trace={Calls}", "-e", $"inject={Calls}:error={Error}:when={First}+{Every}",
        "--", program,
    ];

    private static string? Try()
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo("strace", ["-qq", "-o", "/dev/null", "true"]) { RedirectStandardError = true })!;
            string said = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : $"strace may not be used here: {said}";
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            return $"There is no strace here: {error.Message}";
        }
    }
}
