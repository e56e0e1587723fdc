using System.Diagnostics;
using System.Runtime.InteropServices;

namespace AsyncMQ.Conformance.Faults;

/// <summary>A disk of its own, small enough to fill: a file system in memory. Only root may mount one.</summary>
public sealed class SmallDisk : IDisposable
{
    private readonly string ballast;

    private SmallDisk(string root)
    {
        Root = root;
        ballast = Path.Combine(root, "ballast");
    }

    /// <summary>The folder where it is mounted; anybody may write there.</summary>
    public string Root { get; }

    /// <summary>A file on it.</summary>
    public string Database => Path.Combine(Root, "jobs.db");

    /// <summary>Mounts a disk of so many KiB; skips the test where that is not allowed.</summary>
    public static SmallDisk Mount(int kibibytes)
    {
        Assert.SkipUnless(RuntimeInformation.IsOSPlatform(OSPlatform.Linux), "Only Linux has a file system in memory.");
        string root = Directory.CreateTempSubdirectory("asyncmq-disk-").FullName;
        string? refusal = Run("mount", "-t", "tmpfs", "-o", $"size={kibibytes}k", "tmpfs", root);
        if (refusal is not null)
            Directory.Delete(root);
        Assert.SkipUnless(refusal is null, $"No disk can be mounted here: {refusal}");
        return new(root);
    }

    /// <summary>Takes so much room away, or all that is left.</summary>
    public void Fill(int kibibytes = int.MaxValue)
    {
        byte[] block = new byte[4096];
        using FileStream file = new(ballast, FileMode.Append);
        try
        {
            for (int i = 0; i < kibibytes / 4; i++)
            {
                file.Write(block);
                file.Flush();
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    /// <summary>Gives back the room that was taken.</summary>
    public void Free() => File.Delete(ballast);

    /// <summary>Makes it larger, or smaller.</summary>
    public void Resize(int kibibytes) => Require(Run("mount", "-o", $"remount,size={kibibytes}k", Root));

    /// <summary>From now on nothing can be written. Only while nobody has a file open to write.</summary>
    public void ForbidWriting() => Require(Run("mount", "-o", "remount,ro", Root));

    public void AllowWriting() => Require(Run("mount", "-o", "remount,rw", Root));

    public void Dispose()
    {
        Require(Run("umount", "-l", Root));
        Directory.Delete(Root);
    }

    private static void Require(string? refusal)
    {
        if (refusal is not null)
            throw new InvalidOperationException(refusal);
    }

    /// <summary>Null when it was done, else what it said.</summary>
    private static string? Run(string command, params string[] arguments)
    {
        var start = new ProcessStartInfo(command, arguments) { RedirectStandardError = true };
        try
        {
            using Process process = Process.Start(start)!;
            string said = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : said.Trim();
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            return error.Message;
        }
    }
}
