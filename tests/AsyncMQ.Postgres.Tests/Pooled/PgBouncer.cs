using System.Diagnostics;

namespace AsyncMQ.Postgres.Tests.Pooled;

/// <summary>
/// PgBouncer in transaction mode on a free port, before a server: a few of the server's connections serve any number of clients, each transaction by the next one
/// that is free.
/// </summary>
internal sealed class PgBouncer : IAsyncDisposable
{
    private const string Missing = "PgBouncer is not installed: install Debian's package pgbouncer, or its like, to run these tests.";

    // Debian's is in a folder that is on the PATH of root alone.
    private static readonly string? Program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Append("/usr/sbin").Select(static folder => Path.Combine(folder, "pgbouncer")).FirstOrDefault(File.Exists);

    private readonly string folder;
    private readonly Process process;

    private PgBouncer(string folder, int port)
    {
        (this.folder, Port) = (folder, port);
        process = ServerProgram.Start(Program!, "--quiet", Path.Combine(folder, "pgbouncer.ini"));
        process.BeginErrorReadLine();
    }

    public int Port { get; }

    /// <summary>Starts one; skips or fails the test where the program is missing.</summary>
    /// <param name="server">The server behind it.</param>
    public static async Task<PgBouncer> StartAsync(RunningServer server)
    {
        if (Program is null && !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("CI")))
            Assert.Fail(Missing);
        Assert.SkipWhen(Program is null, Missing);
        string folder = Directory.CreateTempSubdirectory("asyncmq-pgbouncer-").FullName;
        int port = ServerProgram.FreePort();
        await File.WriteAllTextAsync(Path.Combine(folder, "users.txt"), "\"postgres\" \"\"\n");
        await File.WriteAllTextAsync(Path.Combine(folder, "pgbouncer.ini"), $"""
            [databases]
            * = host=127.0.0.1 port={server.Port}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {port}
            unix_socket_dir =
            auth_type = trust
            auth_file = {folder}/users.txt
            pool_mode = transaction
            default_pool_size = 6
            max_client_conn = 1000
            server_login_retry = 1
            """);
        await ServerProgram.MakeFolderAsync(folder);
        var pooler = new PgBouncer(folder, port);
        await new RunningServer(port).UntilItAnswersAsync();
        return pooler;
    }

    public void Delete()
    {
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    public ValueTask DisposeAsync()
    {
        Delete();
        return ValueTask.CompletedTask;
    }
}
