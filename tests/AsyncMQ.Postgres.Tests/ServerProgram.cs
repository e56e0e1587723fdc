using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace AsyncMQ.Postgres.Tests;

/// <summary>Starts programs that refuse to run as root: then as the user that Debian's package makes for them.</summary>
internal static class ServerProgram
{
    private static bool IsRoot => Environment.UserName == "root";

    /// <summary>Makes a folder that belongs to the user under whom they run.</summary>
    public static async Task MakeFolderAsync(string folder)
    {
        Directory.CreateDirectory(folder);
        if (IsRoot)
            await WaitAsync(Launch("chown", "postgres", folder));
    }

    /// <summary>Runs one to its end.</summary>
    public static Task RunAsync(string program, params string[] arguments) => WaitAsync(Start(program, arguments));

    /// <summary>Starts one; somebody has to read its errors.</summary>
    public static Process Start(string program, params string[] arguments) =>
        IsRoot ? Launch(["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups", program, .. arguments]) : Launch([program, .. arguments]);

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task WaitAsync(Process started)
    {
        using Process process = started;
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{process.StartInfo.FileName} {string.Join(' ', process.StartInfo.ArgumentList)} ended with {process.ExitCode}: {errors}");
    }

    private static Process Launch(params string[] command)
    {
        var start = new ProcessStartInfo(command[0]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        foreach (string argument in command[1..])
            start.ArgumentList.Add(argument);
        Process process = Process.Start(start) ?? throw new Win32Exception($"{command[0]} did not start.");
        process.OutputDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        return process;
    }
}
