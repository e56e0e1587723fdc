using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using AsyncMQ.Redis.Connecting;
using StackExchange.Redis;

namespace AsyncMQ.Redis.Tests;

/// <summary>
/// One redis-server for the whole run, on a free port of this machine, with its append-only file in a folder of its own. Without the program the tests are
/// skipped on a person's machine, and fail where CI is set: there it must not be missed.
/// </summary>
internal static class RedisServer
{
    private const string Missing = "redis-server is not on the PATH: install Debian's package redis-server, or its like, to run these tests.";

    private static readonly Lazy<Task<RunningServer?>> Shared = new(StartAsync);

    /// <summary>The server's address. Skips or fails the test when there is no server.</summary>
    public static async Task<RunningServer> RequireAsync()
    {
        RunningServer? server = await Shared.Value;
        if (server is null)
        {
            if (!string.IsNullOrEmpty(Environment.GetEnvironmentVariable("CI")))
                Assert.Fail(Missing);
            Assert.Skip(Missing);
        }

        return server;
    }

    /// <summary>Starts the server of the run; null when the program is missing.</summary>
    private static async Task<RunningServer?> StartAsync()
    {
        string folder = Directory.CreateTempSubdirectory("asyncmq-redis-").FullName;
        int port = FreePort();
        Process process;
        try
        {
            process = await LaunchAsync(folder, port);
        }
        catch (Win32Exception)
        {
            Directory.Delete(folder, recursive: true);
            return null;
        }

        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            process.Kill();
            process.WaitForExit();
            Directory.Delete(folder, recursive: true);
        };
        string address = $"127.0.0.1:{port},connectTimeout=30000,syncTimeout=30000,asyncTimeout=30000";
        return new(address, await RedisConnections.ConnectAsync(address, "work"), await RedisConnections.ConnectAsync(address, "leases"));
    }

    /// <summary>Starts a server on a port, with what its append-only file in the folder has, and waits until it listens.</summary>
    public static async Task<Process> LaunchAsync(string folder, int port)
    {
        var start = new ProcessStartInfo("redis-server") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        foreach (string argument in (string[])
            ["--port", $"{port}", "--bind", "127.0.0.1", "--appendonly", "yes", "--save", "", "--dir", folder, "--daemonize", "no", "--logfile", "redis.log"])
        {
            start.ArgumentList.Add(argument);
        }

        Process process = Process.Start(start)!;
        await UntilItListensAsync(port);
        return process;
    }

    private static async Task UntilItListensAsync(int port)
    {
        for (int tries = 0; ; tries++)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException) when (tries < 1_000)
            {
                await Task.Delay(10);
            }
        }
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>A running server, and connections that the tests share.</summary>
internal sealed record RunningServer(string Configuration, IConnectionMultiplexer Work, IConnectionMultiplexer Leases)
{
    /// <summary>An installation on it, through these connections; without a name a new one.</summary>
    public RedisStoreOptions OptionsFor(string? name) =>
        new() { Configuration = Configuration, Connection = Work, LeaseConnection = Leases, Name = name ?? Guid.NewGuid().ToString("N") };
}
