using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace AsyncMQ.Bench.Stores;

/// <summary>
/// A redis-server of its own, the same for every system that is measured on one: append-only file, written through every second, and never rewritten. A
/// rewrite comes when the file has grown enough and takes a core for seconds, so it would hit now one measure and now the other.
/// </summary>
internal sealed class OwnRedisServer : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("asyncmq-bench-");
    private readonly Process server;

    public OwnRedisServer()
    {
        var start = new ProcessStartInfo("redis-server") { WorkingDirectory = folder.FullName };
        foreach (string argument in (string[])["--port", $"{Port}", "--bind", "127.0.0.1", "--appendonly", "yes", "--auto-aof-rewrite-percentage", "0",
            "--save", "", "--dir", folder.FullName, "--logfile", "redis.log"])
            start.ArgumentList.Add(argument);
        server = Process.Start(start) ?? throw new InvalidOperationException("redis-server did not start.");
        AppDomain.CurrentDomain.ProcessExit += Kill;
        WaitUntilItListens();
    }

    public int Port { get; } = FreePort();

    public long FileBytes => folder.EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= Kill;
        Kill(null, EventArgs.Empty);
        server.Dispose();
        folder.Delete(recursive: true);
    }

    private void Kill(object? sender, EventArgs happened)
    {
        server.Kill();
        server.WaitForExit();
    }

    private void WaitUntilItListens()
    {
        for (int tries = 0; ; tries++)
        {
            try
            {
                using var client = new TcpClient("127.0.0.1", Port);
                return;
            }
            catch (SocketException) when (tries < 500)
            {
                Thread.Sleep(10);
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
