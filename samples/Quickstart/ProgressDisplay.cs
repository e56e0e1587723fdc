using System.Diagnostics;
using AsyncMQ;
using Spectre.Console;

namespace Quickstart;

/// <summary>Watches the queue until nothing is left to do: a bar on a terminal, a line a second where output is piped.</summary>
internal static class ProgressDisplay
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    public static async Task WatchAsync(IJobQueue queue, Task adding, CancellationToken cancellationToken)
    {
        if (Console.IsOutputRedirected)
            await WatchPlainAsync(queue, adding, cancellationToken);
        else
            await WatchBarAsync(queue, adding, cancellationToken);
        await adding;
    }

    private static Task WatchBarAsync(IJobQueue queue, Task adding, CancellationToken cancellationToken) =>
        AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(async display =>
            {
                ProgressTask bar = display.AddTask("measuring");
                await foreach (Reading reading in ReadAsync(queue, adding, Interval, cancellationToken))
                {
                    bar.MaxValue = Math.Max(1, reading.Total);
                    bar.Value = reading.Ended;
                    bar.Description = $"{reading.Ended} of {reading.Total} files, {reading.PerSecond:0}/s";
                }
            });

    private static async Task WatchPlainAsync(IJobQueue queue, Task adding, CancellationToken cancellationToken)
    {
        await foreach (Reading reading in ReadAsync(queue, adding, TimeSpan.FromSeconds(1), cancellationToken))
            Console.WriteLine($"{reading.Ended} of {reading.Total} files, {reading.PerSecond:0}/s");
    }

    private static async IAsyncEnumerable<Reading> ReadAsync(
        IJobQueue queue, Task adding, TimeSpan interval, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        long endedBefore = -1;
        var shown = Stopwatch.StartNew();
        while (true)
        {
            bool added = adding.IsCompleted;
            QueueStats stats = await queue.GetStatsAsync(cancellationToken);
            long ended = stats.Completed + stats.Failed + stats.Cancelled + stats.Expired;
            if (endedBefore < 0)
                endedBefore = ended;
            bool done = added && stats.Pending + stats.Active == 0;
            if (done || shown.Elapsed >= interval)
            {
                yield return new(ended, ended + stats.Pending + stats.Active, (ended - endedBefore) / Math.Max(0.001, clock.Elapsed.TotalSeconds));
                shown.Restart();
            }

            if (done)
                yield break;
            await Task.Delay(TimeSpan.FromMilliseconds(25), cancellationToken);
        }
    }

    private readonly record struct Reading(long Ended, long Total, double PerSecond);
}
