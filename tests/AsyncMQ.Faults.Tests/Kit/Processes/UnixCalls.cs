using System.ComponentModel;
using System.Runtime.InteropServices;

namespace AsyncMQ.Faults.Kit;

/// <summary>The few calls of the operating system that .NET does not offer. The numbers are those of Linux, where the fault tests run.</summary>
internal static partial class UnixCalls
{
    public const int SigKill = 9;
    public const int SigTerm = 15;
    public const int SigCont = 18;
    public const int SigStop = 19;

    private const int WriteOnly = 0x1;
    private const int Create = 0x40;
    private const int Append = 0x400;
    private const int CloseOnExec = 0x80000;
    private const int NoSuchProcess = 3;

    /// <summary>Sends a signal. False: there is no such process any more.</summary>
    public static bool Signal(int pid, int signal)
    {
        if (kill(pid, signal) == 0)
            return true;

        int error = Marshal.GetLastPInvokeError();
        return error == NoSuchProcess ? false : throw new Win32Exception(error, $"kill({pid}, {signal}) failed");
    }

    /// <summary>Opens a file such that each write lands at its end, whoever else writes. <see cref="FileMode.Append"/> seeks instead, and overwrites.</summary>
    public static int OpenForAppending(string path)
    {
        int file = open(path, WriteOnly | Create | Append | CloseOnExec, 0b110_100_100);
        return file >= 0 ? file : throw new Win32Exception(Marshal.GetLastPInvokeError(), $"open({path}) failed");
    }

    /// <summary>One write of all bytes.</summary>
    public static void Write(int file, ReadOnlySpan<byte> bytes)
    {
        nint written = write(file, bytes, bytes.Length);
        if (written != bytes.Length)
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"write of {bytes.Length} bytes wrote {written}");
    }

    public static void Close(int file) => _ = close(file);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int pid, int signal);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags, int mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int file, ReadOnlySpan<byte> bytes, nint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int file);
}
