using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using StackExchange.Redis;

namespace AsyncMQ.Redis.Tests.Faults.Kit;

/// <summary>
/// A redis-server of one test: killed, stopped, and started again on its data. Whatever it has answered is on the disk, unless the settings say otherwise.
/// </summary>
internal sealed class OwnServer : IAsyncDisposable
{
    private const string Missing = "redis-server is not on the PATH: install Debian's package redis-server, or its like, to run these tests.";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string[] settings;
    private Process? process;

    private OwnServer(string[] settings) => this.settings = settings;

    public int Port { get; } = FreePort();

    public string Folder { get; } = Directory.CreateTempSubdirectory("asyncmq-redis-").FullName;

    public string Address => $"127.0.0.1:{Port}";

    /// <summary>What its administrator says behind the address to be let in.</summary>
    public string Credentials { get; init; } = "";

    /// <summary>Starts a server.</summary>
    /// <param name="settings">More settings, as on its command line: <c>--maxmemory 10mb</c> is two.</param>
    public static Task<OwnServer> StartAsync(params string[] settings) => StartAsync("", settings);

    /// <summary>Starts a server that asks for credentials.</summary>
    public static async Task<OwnServer> StartAsync(string credentials, string[] settings)
    {
        var server = new OwnServer(settings) { Credentials = credentials };
        await server.LaunchAsync();
        return server;
    }

    /// <summary>Starts it, with what its append-only file has, and waits until it answers.</summary>
    public async Task LaunchAsync()
    {
        Launch();
        await AnswersAsync();
    }

    /// <summary>Starts it, without waiting.</summary>
    public void Launch()
    {
        var start = new ProcessStartInfo("redis-server") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Folder };
        string[] always =
        [
            "--port", $"{Port}", "--bind", "127.0.0.1", "--dir", Folder, "--daemonize", "no", "--logfile", "redis.log", "--save", "",
            "--appendonly", "yes", "--appendfsync", "always", "--slowlog-log-slower-than", "2000", "--slowlog-max-len", "1000",
        ];
        foreach (string argument in always.Concat(settings))
            start.ArgumentList.Add(argument);
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            // Skipped on a person's machine, failed where CI is set: there it must not be missed.
            Directory.Delete(Folder, recursive: true);
            Assert.True(string.IsNullOrEmpty(Environment.GetEnvironmentVariable("CI")), Missing);
            Assert.Skip(Missing);
        }
    }

    /// <summary>Waits until it answers: it has loaded its data.</summary>
    public async Task AnswersAsync()
    {
        long started = Stopwatch.GetTimestamp();
        while (!await IsAnsweringAsync())
        {
            if (process!.HasExited || Stopwatch.GetElapsedTime(started) > Patience)
                throw new InvalidOperationException($"redis-server does not answer: {process.HasExited}\n{await File.ReadAllTextAsync(Path.Combine(Folder, "redis.log"))}");
            await Task.Delay(5);
        }
    }

    /// <summary>kill -9, and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        process!.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        process = null;
    }

    /// <summary>A connection of the administrator.</summary>
    public async Task<ConnectionMultiplexer> ConnectAsync() => await ConnectionMultiplexer.ConnectAsync($"{Address},allowAdmin=true,connectTimeout=20000,asyncTimeout=20000{Credentials}");

    /// <summary>A command of the administrator.</summary>
    public async Task<RedisResult> OrderAsync(string command, params object[] arguments)
    {
        await using ConnectionMultiplexer connection = await ConnectAsync();
        return await connection.GetDatabase().ExecuteAsync(command, arguments);
    }

    /// <summary>Ends it with the run: for a server that several tests share.</summary>
    public void EndWithTheRun() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        process!.Kill();
        process.WaitForExit();
        Directory.Delete(Folder, recursive: true);
    };

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
            await KillAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private async Task<bool> IsAnsweringAsync()
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, Port);
            NetworkStream stream = client.GetStream();
            await stream.WriteAsync("PING\r\n"u8.ToArray());
            byte[] answer = new byte[64];
            int length = await stream.ReadAsync(answer);
            return length > 0 && Encoding.ASCII.GetString(answer, 0, length) is var text && (text.StartsWith("+PONG", StringComparison.Ordinal) || text.StartsWith("-NOAUTH", StringComparison.Ordinal));
        }
        catch (Exception error) when (error is SocketException or IOException)
        {
            return false;
        }
    }

    /// <summary>A port that nobody listens on.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
