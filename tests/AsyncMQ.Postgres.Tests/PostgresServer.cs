using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace AsyncMQ.Postgres.Tests;

/// <summary>
/// One PostgreSQL server for the whole run, on a free port of this machine, with its data in a folder of its own and with fsync on, as it comes. Without the
/// program the tests are skipped on a person's machine, and fail where CI is set: there it must not be missed.
/// </summary>
internal static class PostgresServer
{
    private const string Missing = "PostgreSQL is not installed: install Debian's package postgresql, or its like, to run these tests.";

    private static readonly Lazy<Task<RunningServer?>> Shared = new(StartAsync);

    /// <summary>The server of the run. Skips or fails the test when there is none.</summary>
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

    private static async Task<RunningServer?> StartAsync()
    {
        if (FindPrograms() is not { } programs)
            return null;

        string folder = Directory.CreateTempSubdirectory("asyncmq-postgres-").FullName;
        string data = Path.Combine(folder, "data");
        int port = FreePort();
        if (IsRoot())
            await RunAsync("chown", "postgres", folder);
        await RunAsync(AsServerUser(Path.Combine(programs, "initdb"), "--pgdata", data, "--username", "postgres", "--auth", "trust", "--encoding", "UTF8", "--locale", "C"));
        Process process = Start(AsServerUser(
            Path.Combine(programs, "postgres"), "-D", data, "-p", $"{port}", "-h", "127.0.0.1", "-k", folder, "-c", "max_connections=300", "-c", "log_min_messages=fatal"));
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            Directory.Delete(folder, recursive: true);
        };
        var server = new RunningServer(port);
        await server.UntilItAnswersAsync();
        return server;
    }

    /// <summary>Where the programs are; null: nowhere. Debian has them in a folder for each version, off the PATH.</summary>
    private static string? FindPrograms()
    {
        IEnumerable<string> debian = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").OrderByDescending(static folder => Version.TryParse(Path.GetFileName(folder) + ".0", out Version? version) ? version : new())
            : [];
        IEnumerable<string> path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return debian.Select(static folder => Path.Combine(folder, "bin")).Concat(path)
            .FirstOrDefault(static folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")));
    }

    /// <summary>The server refuses to run as root. The user that takes its place is the one that the package makes.</summary>
    private static string[] AsServerUser(params string[] command) =>
        IsRoot() ? ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups", .. command] : command;

    private static bool IsRoot() => Environment.UserName == "root";

    private static async Task RunAsync(params string[] command)
    {
        using Process process = Start(command);
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{string.Join(' ', command)} ended with {process.ExitCode}: {errors}");
    }

    private static Process Start(string[] command)
    {
        var start = new ProcessStartInfo(command[0]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        foreach (string argument in command[1..])
            start.ArgumentList.Add(argument);
        Process process = Process.Start(start) ?? throw new Win32Exception($"{command[0]} did not start.");
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

/// <summary>A running server.</summary>
internal sealed class RunningServer(int port)
{
    /// <summary>Connections to it as its owner, or as another role.</summary>
    public string ConnectionString(string role = "postgres") =>
        $"Host=127.0.0.1;Port={port};Username={role};Database=postgres;Maximum Pool Size=50;Timeout=30;Command Timeout=60";

    /// <summary>Connections that the tests share.</summary>
    public NpgsqlDataSource Source => field ??= NpgsqlDataSource.Create(ConnectionString() + ";Max Auto Prepare=64;Auto Prepare Min Usages=2");

    public async Task ExecuteAsync(string sql)
    {
        await using NpgsqlCommand command = Source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<T> QueryAsync<T>(string sql)
    {
        await using NpgsqlCommand command = Source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async Task UntilItAnswersAsync()
    {
        for (int tries = 0; ; tries++)
        {
            try
            {
                await ExecuteAsync("SELECT 1");
                return;
            }
            catch (NpgsqlException) when (tries < 500)
            {
                await Task.Delay(20);
            }
        }
    }
}
