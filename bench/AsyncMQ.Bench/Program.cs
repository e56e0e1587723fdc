using AsyncMQ;
using AsyncMQ.Bench;
using AsyncMQ.Bench.Measures;
using AsyncMQ.Bench.Rounds;

// Measures AsyncMQ on one of its stores, alone or in turn with another system. See bench/README.md.

AsyncMQHost.RunIsolatedJobsIfAsked(IsolatedJobs.Register);

CommandLine line;
try
{
    line = CommandLine.Parse(args);
}
catch (ArgumentException e)
{
    Console.Error.WriteLine(e.Message);
    Console.Error.WriteLine("Try --help.");
    return 2;
}

if (line.IsHelp)
{
    Console.WriteLine(CommandLine.Usage);
    return 0;
}

try
{
    if (line.WorkOn is not null)
        await RemoteWorker.RunAsync(line);
    else if (line.Contender is not null)
        await ChildLoop.RunAsync(line);
    else
        await Comparison.RunAsync(line, args);
    return 0;
}
catch (Exception e) when (e is TimeoutException or OperationCanceledException or InvalidOperationException or IOException)
{
    Console.Error.WriteLine($"The measurement failed: {e.Message}");
    return 1;
}
