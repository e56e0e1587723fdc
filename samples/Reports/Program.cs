using AsyncMQ;
using AsyncMQ.Storage;
using Microsoft.Extensions.DependencyInjection;
using Reports;

// A report over the CSV files of a folder, every minute: one job per file, and one that waits for them all and writes it.
// Kill it half-way and run it again: it goes on where it was, and no file is counted twice.

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

var files = new CsvFiles(line.Folder);
files.MakeSomeIfThereAreNone();

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, signal) =>
{
    signal.Cancel = true;
    stop.Cancel();
};

await using AsyncMQHost mq = AsyncMQHost.Create(mq =>
{
    mq.UseSqlite(Path.Combine(line.Folder, "reports.db"));
    mq.Services.AddSingleton(files);
    mq.Services.AddSingleton(TimeProvider.System);
    mq.Configure(options => options.Lease = TimeSpan.FromSeconds(5))                    // the jobs of a killed copy are taken over after 5 s
        .AddHandler<CountFile, FileCounts, CountFileHandler>()
        .AddHandler<StartReport, string, StartReportHandler>()
        .AddHandler<WriteReport, ReportFacts, WriteReportHandler>()
        .AddQueue(Queues.Files, queue => queue.Retention = RetentionPolicy.Forever)     // a count is kept as long as the file
        .AddWorker(Queues.Files, worker => worker.Concurrency = 4)
        .AddWorker(Queues.Reports, worker => worker.Concurrency = 1);
    if (!line.Once)
        mq.AddRepeatable("report", Schedule.Every(TimeSpan.FromMinutes(1)) with { RunAtOnce = true, Overlap = OverlapPolicy.Skip }, JobSpec.Of(new StartReport()));
});

try
{
    await mq.StartAsync(stop.Token);
    if (line.Once)
        await WriteOnceAsync();
    else
        await Task.Delay(Timeout.Infinite, stop.Token);
    return 0;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    Console.WriteLine("Stopped. Run it again: it goes on where it was.");
    return line.Once ? 130 : 0;
}
catch (Exception e) when (e is StoreException or JobNotCompletedException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}

async Task WriteOnceAsync()
{
    JobHandle<string> start = await mq.Client.AddAsync(new StartReport(), cancellationToken: stop.Token);
    await mq.Client.GetQueue(Queues.Reports).WaitAsync(await start.WaitAsync(stop.Token), stop.Token);
}
