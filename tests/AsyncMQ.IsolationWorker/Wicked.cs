using System.Diagnostics;
using System.Runtime.InteropServices;
using AsyncMQ.Faults.Kit;

namespace AsyncMQ.IsolationWorker;

/// <summary>What a handler should not do.</summary>
internal static class Wicked
{
    private static readonly List<object> Held = [];

    /// <summary>Starts a child of its own, and does not look at its token.</summary>
    public static async Task DeafAsync(JobContext context, CancellationToken token)
    {
        using Process child = Process.Start("sleep", "1000");
        await context.LogAsync($"{Environment.ProcessId} {child.Id}", CancellationToken.None);
        Thread.Sleep(Timeout.Infinite);
    }

    /// <summary>Returns, but leaves a child of its own running.</summary>
    public static Task<string> LeaveChildAsync(JobContext context, CancellationToken token)
    {
        using Process child = Process.Start("sleep", "1000");
        return Task.FromResult($"{Environment.ProcessId} {child.Id}");
    }

    public static Task FailFast(JobContext context, CancellationToken token)
    {
        Environment.FailFast("the handler fails fast");
        return Task.CompletedTask;
    }

    public static Task Exit(JobContext context, CancellationToken token)
    {
        Console.Error.WriteLine("the last words of the process");
        Environment.Exit(3);
        return Task.CompletedTask;
    }

    public static Task KillItself(JobContext context, CancellationToken token)
    {
        UnixCalls.Signal(Environment.ProcessId, UnixCalls.SigKill);
        return Task.Delay(Timeout.Infinite, CancellationToken.None);
    }

    public static Task TakeManaged(JobContext context, CancellationToken token)
    {
        while (true)
            Held.Add(new byte[1 << 20]);
    }

    public static unsafe Task TakeNative(JobContext context, CancellationToken token)
    {
        while (true)
        {
            NativeMemory.Clear(NativeMemory.Alloc(4 << 20), 4 << 20);
            Thread.Sleep(10); // at a pace at which it can be watched, and does not harm the machine
        }
    }

    /// <summary>Writes to the connection, and goes on as if nothing had happened.</summary>
    public static Task SpeakGarbage(JobContext context, CancellationToken token)
    {
        WriteToSockets(Enumerable.Repeat((byte)0xAB, 64).ToArray());
        return Task.Delay(Timeout.Infinite, CancellationToken.None);
    }

    /// <summary>Says that a frame of 1 000 bytes comes, sends ten, and ends.</summary>
    public static Task SpeakHalfAFrame(JobContext context, CancellationToken token)
    {
        WriteToSockets([0xE8, 3, 0, 0, 18, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        Environment.Exit(0);
        return Task.CompletedTask;
    }

    /// <summary>Closes its side of the connection, and stays.</summary>
    public static Task HangUp(JobContext context, CancellationToken token)
    {
        foreach (int file in Sockets())
            _ = shutdown(file, 1);
        Thread.Sleep(Timeout.Infinite);
        return Task.CompletedTask;
    }

    private static void WriteToSockets(byte[] bytes)
    {
        foreach (int file in Sockets())
            _ = write(file, bytes, bytes.Length);
    }

    private static IEnumerable<int> Sockets() => Directory.GetFiles("/proc/self/fd")
        .Where(path => new FileInfo(path).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true)
        .Select(path => int.Parse(Path.GetFileName(path), System.Globalization.CultureInfo.InvariantCulture));

    // One of them is the runtime's own, on which nothing can be written.
    [DllImport("libc")]
    private static extern nint write(int socket, byte[] bytes, nint count);

    [DllImport("libc")]
    private static extern int shutdown(int socket, int how);
}
