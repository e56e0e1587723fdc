using System.Runtime.InteropServices;

namespace AsyncMQ.Workers;

/// <summary>A child and all that it starts, as one: killed together where the system can. On Windows the group is what the runtime finds.</summary>
internal static partial class ProcessGroup
{
    private const int SigKill = 9;

    /// <summary>
    /// Makes this process the head of a session of its own: whatever it starts can be killed with it, and Ctrl-C in a terminal reaches the worker alone.
    /// False where there is no such thing.
    /// </summary>
    public static bool Lead() => !OperatingSystem.IsWindows() && setsid() > 0;

    /// <summary>Kills a child that leads its group, and all in it; no matter if they are gone.</summary>
    public static void Kill(int leader)
    {
        if (!OperatingSystem.IsWindows())
            _ = kill(-leader, SigKill);
    }

    /// <summary>Ends this process, and its group if it leads one, on the spot: nothing of the handler's may hold it up.</summary>
    public static void KillOwn(bool leads)
    {
        if (leads)
            _ = kill(0, SigKill);
        using var self = System.Diagnostics.Process.GetCurrentProcess();
        self.Kill();
    }

    [LibraryImport("libc")]
    private static partial int setsid();

    [LibraryImport("libc")]
    private static partial int kill(int pid, int signal);
}
