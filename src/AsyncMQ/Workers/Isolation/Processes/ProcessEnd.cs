namespace AsyncMQ.Workers;

/// <summary>How a process ended, in words.</summary>
internal static class ProcessEnd
{
    // The runtime tells a signal as the shells do.
    private const int Signals = 128;

    public static string Describe(int exitCode) => OperatingSystem.IsWindows() || exitCode is <= Signals or > Signals + 64
        ? $"it exited with code {exitCode}"
        : $"it was ended by signal {exitCode - Signals}" + (exitCode - Signals) switch
        {
            6 => " (SIGABRT: it crashed, or failed fast)",
            9 => " (SIGKILL: somebody killed it, or the system had no memory left)",
            11 => " (SIGSEGV: it crashed)",
            15 => " (SIGTERM)",
            _ => "",
        };
}
