using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace AsyncMQ.Bench.Stores;

/// <summary>
/// A PostgreSQL server of its own, the same for every system that is measured on one: as it comes, commits waiting for the disk, with room for shared buffers
/// and a log large enough that no checkpoint falls into one measure and not into the other.
/// </summary>
internal sealed class OwnPostgresServer : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("asyncmq-bench-");
    private readonly Process server;

    public OwnPostgresServer()
    {
        string programs = FindPrograms();
        string data = Path.Combine(folder.FullName, "data");
        if (IsRoot)
            Run("chown", "postgres", folder.FullName);
        Run([.. AsServerUser, Path.Combine(programs, "initdb"), "--pgdata", data, "--username", "postgres", "--auth", "trust", "--encoding", "UTF8", "--locale", "C"]);
        server = Start([.. AsServerUser, Path.Combine(programs, "postgres"), "-D", data, "-p", $"{Port}", "-h", "127.0.0.1", "-k", folder.FullName,
            "-c", "shared_buffers=512MB", "-c", "max_wal_size=8GB", "-c", "checkpoint_timeout=1h", "-c", "log_min_messages=fatal"]);
        AppDomain.CurrentDomain.ProcessExit += Kill;
        WaitUntilItAnswers();
    }

    public int Port { get; } = FreePort();

    public string ConnectionString => $"Host=127.0.0.1;Port={Port};Username=postgres;Database=postgres;Maximum Pool Size=50";

    public long FileBytes => new DirectoryInfo(Path.Combine(folder.FullName, "data", "base")).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

    private static bool IsRoot => Environment.UserName == "root";

    // The server refuses to run as root. The user that takes its place is the one that the package makes.
    private static string[] AsServerUser => IsRoot ? ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups"] : [];

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= Kill;
        Kill(null, EventArgs.Empty);
        server.Dispose();
        folder.Delete(recursive: true);
    }

    private void Kill(object? sender, EventArgs happened)
    {
        server.Kill(entireProcessTree: true);
        server.WaitForExit();
    }

    // It listens before it answers.
    private void WaitUntilItAnswers()
    {
        for (int tries = 0; ; tries++)
        {
            try
            {
                using var connection = new Npgsql.NpgsqlConnection(ConnectionString + ";Pooling=false");
                connection.Open();
                return;
            }
            catch (Npgsql.NpgsqlException) when (tries < 500)
            {
                Thread.Sleep(20);
            }
        }
    }

    private static string FindPrograms()
    {
        string[] debian = Directory.Exists("/usr/lib/postgresql") ? [.. Directory.GetDirectories("/usr/lib/postgresql").Order().Select(static version => Path.Combine(version, "bin"))] : [];
        string[] path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return debian.Reverse().Concat(path).FirstOrDefault(static folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")))
            ?? throw new InvalidOperationException("PostgreSQL is not installed: install Debian's package postgresql, or its like.");
    }

    private static void Run(params string[] command)
    {
        using Process process = Start(command);
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{string.Join(' ', command)} ended with {process.ExitCode}.");
    }

    private static Process Start(string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { WorkingDirectory = "/", RedirectStandardOutput = true };
        Process process = Process.Start(start) ?? throw new InvalidOperationException($"{command[0]} did not start.");
        process.OutputDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        return process;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
