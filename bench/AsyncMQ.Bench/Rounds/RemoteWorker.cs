using System.Diagnostics;
using System.Globalization;
using AsyncMQ.Bench.Contenders;
using AsyncMQ.Bench.Stores;

namespace AsyncMQ.Bench.Rounds;

/// <summary>A worker in a process of its own, on another's store: writes when each of its handlers starts, until its input ends.</summary>
internal static class RemoteWorker
{
    public static async Task RunAsync(CommandLine line)
    {
        await using var host = AsyncMQHost.Create(mq =>
        {
            SqliteStore.Use(mq, line.WorkOn!, line.Synchronous!);
            mq.AddHandler(AsyncMQContender.JobName, static (_, _) =>
                {
                    long started = Stopwatch.GetTimestamp();
                    Console.WriteLine(started.ToString(CultureInfo.InvariantCulture));
                    return Task.CompletedTask;
                })
                .AddWorker("default", worker => worker.Concurrency = line.Concurrency);
        });
        await host.StartAsync(CancellationToken.None);
        while (await Console.In.ReadLineAsync() is not null)
        {
        }
    }
}
