using System.Diagnostics;

namespace AsyncMQ.Faults.Tests;

/// <summary>The promise of the first line: an add that returned will run, whatever dies.</summary>
public sealed class KillTests
{
    private static readonly WorkerPlan Plan = new() { Concurrency = 8, Handler = "0..130", Lease = TimeSpan.FromSeconds(1.5), MaxStalls = 1_000 };

    [Theory]
    [InlineData(StoreKind.Sqlite, 6_000, 25)]
    [InlineData(StoreKind.Redis, 5_000, 20)]
    [InlineData(StoreKind.Postgres, 3_000, 20)]
    public async Task Killed_workers_and_producers_lose_nothing_and_only_jobs_in_flight_run_again(StoreKind store, int jobs, int seconds)
    {
        foreach (int seed in TestSeed.Rounds())
            await RunAsync(store, jobs, TimeSpan.FromSeconds(seconds), seed);
    }

    private static async Task RunAsync(StoreKind store, int jobs, TimeSpan longest, int seed)
    {
        long started = Stopwatch.GetTimestamp();
        await using FaultLab lab = await FaultLab.OpenAsync(store, seed);
        ChildProcess producer = StartProducer(lab, jobs);
        List<ChildProcess> workers = [.. Enumerable.Range(0, 4).Select(_ => lab.StartWorker(Plan))];
        while (Settled(lab) < jobs * 95 / 100 && Stopwatch.GetElapsedTime(started) < longest)
        {
            await Task.Delay(lab.Random.Next(300, 1_500));
            producer = KillSome(lab, jobs, workers, producer);
        }

        TimeSpan killing = Stopwatch.GetElapsedTime(started);
        int settled = Settled(lab);
        lab.Kill([.. workers.Append(producer).Where(process => !process.HasExited)]);

        ChildProcess last = lab.StartWorker(Plan with { Concurrency = 64, Handler = "0..5" });
        Assert.Equal(0, await StartProducer(lab, jobs).ExitAsync(Until.Patience));
        await lab.DrainedAsync();
        await FaultLab.TerminateAsync(last);

        IReadOnlyDictionary<string, JobEnd> ends = await lab.VerifyAsync();
        Assert.Equal(jobs, ends.Count);
        Assert.All(ends.Values, end => Assert.Equal(JobState.Completed, end.State));
        Assert.True(lab.Kills >= 15, $"Only {lab.Kills} kills: too few to show anything.");
        FaultLab.Say($"seed {seed}: {lab.Kills} kills in {killing.TotalSeconds:0.0} s, {settled} jobs done by then; {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s in all");
    }

    // One of the workers, sometimes two at once, often the producer; each gets a successor.
    private static ChildProcess KillSome(FaultLab lab, int jobs, List<ChildProcess> workers, ChildProcess producer)
    {
        foreach (ChildProcess process in workers.Append(producer))
            Assert.True(!process.HasExited || (process == producer && process.ExitCode == 0), $"{process} died by itself with {(process.HasExited ? process.ExitCode : 0)}.\n{process.Output}");

        int victims = lab.Random.Next(4) == 0 ? 2 : 1;
        for (int i = 0; i < victims; i++)
        {
            int chosen = lab.Random.Next(workers.Count);
            lab.Kill(workers[chosen]);
            workers[chosen] = lab.StartWorker(Plan);
        }

        if (producer.HasExited || lab.Random.Next(3) > 0)
            return producer;
        lab.Kill(producer);
        return StartProducer(lab, jobs);
    }

    private static ChildProcess StartProducer(FaultLab lab, int jobs) => lab.StartProducer(jobs, pause: "0..60");

    private static int Settled(FaultLab lab) => lab.Lines.Count(line => line.Phase == LedgerPhase.Settled);
}
