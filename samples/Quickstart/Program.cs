using System.Diagnostics;
using AsyncMQ;
using AsyncMQ.Storage;
using Microsoft.Extensions.DependencyInjection;
using Quickstart;

// One job for every file under a folder: kill it half-way and run it again, it goes on where it was;
// start a second copy beside it, they share the work.

CommandLine line;
try
{
    line = CommandLine.Parse(args);
}
catch (ArgumentException e)
{
    Console.Error.WriteLine(e.Message);
    Console.Error.WriteLine();
    Console.Error.WriteLine(CommandLine.Usage);
    return 2;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, signal) =>
{
    signal.Cancel = true;
    stop.Cancel();
};

var clock = Stopwatch.StartNew();
string queueName = SourceFiles.QueueOf(line.Root);
await using AsyncMQHost mq = AsyncMQHost.Create(mq =>
{
    line.Store.Use(mq);
    mq.Services.AddSingleton(new Chaos(line.FailRate));
    mq.Configure(options => options.Lease = TimeSpan.FromSeconds(5))              // a killed copy's files go to the others after 5 s
        .AddHandler<MeasureFile, FileFacts, MeasureFileHandler>()                  // add a job of your own: a record, a handler, this line
        .AddQueue(queueName, queue => queue.Retention = RetentionPolicy.Forever)   // results stay as long as the file
        .AddWorker(queueName, worker => worker.Concurrency = line.Concurrency);
});

try
{
    Console.WriteLine($"Measuring {line.Root} ({line.Store.Description})");
    IJobQueue queue = mq.Client.GetQueue(queueName);
    if (line.Reset)
        await queue.ObliterateAsync(force: true, cancellationToken: stop.Token);
    await mq.StartAsync(stop.Token);
    Task adding = AddFilesAsync(queue);
    await ProgressDisplay.WatchAsync(queue, adding, stop.Token);
    await Summary.PrintAsync(queue, clock.Elapsed, stop.Token);
    return 0;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    Console.WriteLine("Stopped. Run it again: it goes on where it was.");
    return 130;
}
catch (StoreException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}

async Task AddFilesAsync(IJobQueue queue)
{
    await foreach (JobHandle _ in queue.AddBulkAsync(SourceFiles.AsJobsAsync(line.Root, StoreChoice.Database), stop.Token))
    {
    }
}
