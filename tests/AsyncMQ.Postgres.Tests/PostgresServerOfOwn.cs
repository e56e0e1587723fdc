using System.Diagnostics;

namespace AsyncMQ.Postgres.Tests;

/// <summary>A PostgreSQL server on a free port of this machine, with its data in a folder of its own and with fsync on, as it comes. It can be killed and started again.</summary>
internal sealed class PostgresServerOfOwn : IAsyncDisposable
{
    private const string Missing = "PostgreSQL is not installed: install Debian's package postgresql, or its like, to run these tests.";

    private static readonly string? Programs = FindPrograms();

    private readonly string folder;
    private readonly int port;
    private Process? process;

    private PostgresServerOfOwn(string folder, int port)
    {
        this.folder = folder;
        this.port = port;
        process = Launch();
        Running = new(port);
    }

    public RunningServer Running { get; }

    /// <summary>True when it ended by itself, or was killed.</summary>
    public bool HasExited => process is null || process.HasExited;

    private string Data => Path.Combine(folder, "data");

    /// <summary>Skips or fails the test where the program is missing.</summary>
    public static void RequirePrograms()
    {
        if (Programs is not null)
            return;
        if (!string.IsNullOrEmpty(Environment.GetEnvironmentVariable("CI")))
            Assert.Fail(Missing);
        Assert.Skip(Missing);
    }

    /// <summary>Starts one.</summary>
    /// <param name="within">Where to make its folder; null: where temporary files are.</param>
    public static async Task<PostgresServerOfOwn> StartAsync(string? within = null)
    {
        RequirePrograms();
        string folder = within is null ? Directory.CreateTempSubdirectory("asyncmq-postgres-").FullName : Path.Combine(within, "server");
        await ServerProgram.MakeFolderAsync(folder);
        await ServerProgram.RunAsync(Path.Combine(Programs!, "initdb"), "--pgdata", Path.Combine(folder, "data"), "--username", "postgres", "--auth", "trust", "--encoding", "UTF8", "--locale", "C");
        var server = new PostgresServerOfOwn(folder, ServerProgram.FreePort());
        await server.Running.UntilItAnswersAsync();
        return server;
    }

    /// <summary>Kills it with all its processes, as a loss of power does, but for what the kernel has yet to write.</summary>
    public async Task KillAsync()
    {
        if (process is null)
            return;
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
        process = null;
    }

    /// <summary>Starts it on the same data and the same port.</summary>
    public async Task StartAgainAsync()
    {
        File.Delete(Path.Combine(Data, "postmaster.pid"));
        process = Launch();
        await Running.UntilItAnswersAsync();
    }

    public void Delete()
    {
        process?.Kill(entireProcessTree: true);
        process?.WaitForExit();
        process?.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    public ValueTask DisposeAsync()
    {
        Delete();
        return ValueTask.CompletedTask;
    }

    private Process Launch()
    {
        Process server = ServerProgram.Start(
            Path.Combine(Programs!, "postgres"), "-D", Data, "-p", $"{port}", "-h", "127.0.0.1", "-k", folder, "-c", "max_connections=600", "-c", "log_min_messages=fatal");
        server.BeginErrorReadLine(); // a pipe that nobody reads would hold it up
        return server;
    }

    /// <summary>Where the programs are; null: nowhere. Debian has them in a folder for each version, off the PATH.</summary>
    private static string? FindPrograms()
    {
        IEnumerable<string> debian = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").OrderByDescending(static folder => int.TryParse(Path.GetFileName(folder), out int version) ? version : 0)
            : [];
        IEnumerable<string> path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return debian.Select(static folder => Path.Combine(folder, "bin")).Concat(path)
            .FirstOrDefault(static folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")));
    }
}
