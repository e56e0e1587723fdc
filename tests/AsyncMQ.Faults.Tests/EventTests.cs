using System.Collections.Concurrent;

namespace AsyncMQ.Faults.Tests;

/// <summary>Whoever listens hears of what every process does, also of those that are killed, and every job's events are a path of its life.</summary>
public sealed class EventTests
{
    private const int Kills = 3;
    private const int Jobs = 3_000;

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Redis)]
    [InlineData(StoreKind.Postgres)]
    public async Task A_listener_hears_of_everything_that_killed_and_living_workers_do(StoreKind store)
    {
        await using FaultLab lab = await FaultLab.OpenAsync(store, TestSeed.First);
        ConcurrentQueue<JobEvent> heard = [];
        await using JobEventStream events = await lab.Client.SubscribeAsync(new() { Buffer = 100_000 });
        Task listening = ListenAsync(events, heard);
        var plan = new WorkerPlan { Concurrency = 8, Handler = "0..30", Lease = TimeSpan.FromSeconds(1.5), MaxStalls = 1_000 };

        ChildProcess[] workers = [lab.StartWorker(plan), lab.StartWorker(plan)];
        string[][] portions = [.. Enumerable.Range(0, Jobs).Select(i => $"job-{i}").Chunk(Jobs / Kills)];
        for (int kills = 0; kills < Kills; kills++)
        {
            // Not before, or one may have done all when the other has started.
            await Task.WhenAll(workers.Select(FaultLab.ReadyAsync));
            await lab.AddAsync("work", portions[kills]);
            await Until.TrueAsync("both work", () => Array.TrueForAll(workers, lab.HasRun));
            lab.Kill(workers[kills % 2]);
            workers[kills % 2] = lab.StartWorker(plan);
        }

        await Task.WhenAll(workers.Select(FaultLab.ReadyAsync));
        await lab.DrainedAsync();
        await Until.TrueAsync("every killed worker was declared dead", () => heard.OfType<JobEvent.WorkerDown>().Count(down => down.IsLost) == Kills);
        foreach (ChildProcess worker in workers)
            await FaultLab.TerminateAsync(worker);
        await Until.TrueAsync("the last worker's end is told", () => heard.OfType<JobEvent.WorkerDown>().Count(down => !down.IsLost) == 2);
        await events.DisposeAsync();
        await listening;
        await lab.VerifyAsync();

        Assert.Empty(heard.OfType<JobEvent.Missed>());
        Assert.Equal(5, heard.OfType<JobEvent.WorkerUp>().Count());
        Dictionary<JobRef, JobEvent.OfJob[]> ofJobs = heard.OfType<JobEvent.OfJob>().GroupBy(e => e.Job).ToDictionary(group => group.Key, group => group.ToArray());
        Assert.Equal(Jobs, ofJobs.Count);
        Assert.All(ofJobs, pair => AssertIsLife(pair.Value));
        Assert.NotEmpty(heard.OfType<JobEvent.Stalled>());
        FaultLab.Say($"{heard.Count} events, {heard.OfType<JobEvent.Stalled>().Count()} stalled, {heard.OfType<JobEvent.Returned>().Count()} returned");
    }

    private static async Task ListenAsync(JobEventStream events, ConcurrentQueue<JobEvent> heard)
    {
        await foreach (JobEvent e in events)
            heard.Enqueue(e);
    }

    // Added, then turns of Started and its end, of which the last is Completed.
    private static void AssertIsLife(JobEvent.OfJob[] events)
    {
        Assert.IsType<JobEvent.Added>(events[0]);
        for (int i = 1; i < events.Length; i++)
        {
            bool isLast = i == events.Length - 1;
            bool fits = i % 2 == 1 ? events[i] is JobEvent.Started && !isLast : isLast ? events[i] is JobEvent.Completed : events[i] is JobEvent.Stalled or JobEvent.Returned;
            Assert.True(fits, $"{events[i].Job}: {string.Join(", ", events.Select(e => e.GetType().Name))}");
        }
    }
}
