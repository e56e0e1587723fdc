using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using AsyncMQ.Bench.Stores;

namespace AsyncMQ.Bench.Contenders;

/// <summary>
/// BullMQ in a Node process of its own, on a Redis server of its own, all options but the concurrency at their defaults. It is told what to do and tells what it
/// did line by line, see bullmq/bench.mjs; a single add costs it a line each way, some microseconds.
/// </summary>
internal sealed class BullMqContender : IContender
{
    private static readonly Lock Installation = new();

    private readonly OwnRedisServer server = new();
    private readonly JobSink sink;
    private readonly Process node;
    private readonly Lock writing = new();
    private readonly ConcurrentQueue<TaskCompletionSource> adds = new();
    private TaskCompletionSource? bulk;
    private TaskCompletionSource? ready;

    public BullMqContender(Workload load, JobSink sink)
    {
        this.sink = sink;
        string folder = Path.Combine(AppContext.BaseDirectory, "bullmq");
        Install(folder);
        node = Start(folder, redirectsInput: true, "node", "bench.mjs", Text(server.Port), Text(load.Concurrency), Text(load.PayloadBytes));
        _ = Task.Factory.StartNew(Listen, TaskCreationOptions.LongRunning);
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
                    Console.Error.WriteLine($"BullMQ: {line}");
                    break;
            }
        }
    }

    private static void Install(string folder)
    {
        lock (Installation)
        {
            if (Directory.Exists(Path.Combine(folder, "node_modules", "bullmq")))
                return;
            using Process npm = Start(folder, redirectsInput: false, "npm", "ci", "--no-audit", "--no-fund");
            npm.StandardOutput.ReadToEnd();
            npm.WaitForExit();
            if (npm.ExitCode != 0)
                throw new InvalidOperationException("npm could not install BullMQ.");
        }
    }

    private static Process Start(string folder, bool redirectsInput, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardInput = redirectsInput };
        return Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
