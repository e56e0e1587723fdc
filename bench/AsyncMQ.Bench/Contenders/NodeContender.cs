using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using AsyncMQ.Bench.Stores;

namespace AsyncMQ.Bench.Contenders;

/// <summary>
/// A system for Node in a process of its own, on a server of its own, all options but the concurrency at their defaults. It is told what to do and tells what it
/// did line by line, see lines.mjs; a single add costs it a line each way, some microseconds.
/// </summary>
internal sealed class NodeContender : IContender
{
    private static readonly Lock Installation = new();

    private readonly string name;
    private readonly IDisposable server;
    private readonly JobSink sink;
    private readonly Process node;
    private readonly Lock writing = new();
    private readonly ConcurrentQueue<TaskCompletionSource> adds = new();
    private TaskCompletionSource? bulk;
    private TaskCompletionSource? ready;

    private NodeContender(string name, IDisposable server, int port, Workload load, JobSink sink)
    {
        (this.name, this.server, this.sink) = (name, server, sink);
        string folder = Path.Combine(AppContext.BaseDirectory, name);
        Install(folder);
        node = Start(folder, redirectsInput: true, "node", "bench.mjs", Text(port), Text(load.Concurrency), Text(load.PayloadBytes));
        _ = Task.Factory.StartNew(Listen, TaskCreationOptions.LongRunning);
    }

    /// <summary>On a Redis server.</summary>
    public static NodeContender OnRedis(string name, Workload load, JobSink sink)
    {
        var server = new OwnRedisServer();
        return new(name, server, server.Port, load, sink);
    }

    /// <summary>On a PostgreSQL server.</summary>
    public static NodeContender OnPostgres(string name, Workload load, JobSink sink)
    {
        var server = new OwnPostgresServer();
        return new(name, server, server.Port, load, sink);
    }

    public Task AddAsync(CancellationToken cancellationToken)
    {
        var added = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        adds.Enqueue(added); // which one is told of first does not matter: so many are in flight
        Say("a");
        return added.Task.WaitAsync(cancellationToken);
    }

    public Task AddBulkAsync(int jobs, CancellationToken cancellationToken)
    {
        bulk = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Say($"b {jobs}");
        return bulk.Task.WaitAsync(cancellationToken);
    }

    public Task StartWorkersAsync(CancellationToken cancellationToken)
    {
        ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Say("w");
        return ready.Task.WaitAsync(cancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        node.Kill();
        node.WaitForExit();
        node.Dispose();
        server.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Say(string line)
    {
        lock (writing)
        {
            node.StandardInput.WriteLine(line);
            node.StandardInput.Flush();
        }
    }

    private void Listen()
    {
        while (node.StandardOutput.ReadLine() is { } line)
        {
            switch (line[0])
            {
                case 'a' when adds.TryDequeue(out TaskCompletionSource? added):
                    added.TrySetResult();
                    break;
                case 'b':
                    bulk?.TrySetResult();
                    break;
                case 'w':
                    ready?.TrySetResult();
                    break;
                case 'r':
                    for (int ran = int.Parse(line.AsSpan(2), CultureInfo.InvariantCulture); ran > 0; ran--)
                        sink.Run("");
                    break;
                default:
                    Console.Error.WriteLine($"{name}: {line}");
                    break;
            }
        }
    }

    private static void Install(string folder)
    {
        lock (Installation)
        {
            if (Directory.Exists(Path.Combine(folder, "node_modules")))
                return;
            using Process npm = Start(folder, redirectsInput: false, "npm", "ci", "--no-audit", "--no-fund");
            npm.StandardOutput.ReadToEnd();
            npm.WaitForExit();
            if (npm.ExitCode != 0)
                throw new InvalidOperationException($"npm could not install what is in {folder}.");
        }
    }

    private static Process Start(string folder, bool redirectsInput, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardInput = redirectsInput };
        return Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
