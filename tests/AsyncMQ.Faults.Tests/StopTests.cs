namespace AsyncMQ.Faults.Tests;

/// <summary>A deployment loses nothing and repeats nothing.</summary>
public sealed class StopTests
{
    private const int Jobs = 1_500;
    private static readonly WorkerPlan Plan = new() { Concurrency = 8, Handler = "5..250", Shutdown = TimeSpan.FromMilliseconds(60), Lease = TimeSpan.FromSeconds(10) };

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Redis)]
    [InlineData(StoreKind.Postgres)]
    public async Task Workers_asked_to_stop_under_load_finish_or_hand_back_and_nothing_runs_twice(StoreKind store)
    {
        foreach (int seed in TestSeed.Rounds())
            await RunAsync(store, seed, stops: TestSeed.IsSoak ? 20 : 4);
    }

    private static async Task RunAsync(StoreKind store, int seed, int stops)
    {
        await using FaultLab lab = await FaultLab.OpenAsync(store, seed);
        await lab.AddAsync("work", [.. Enumerable.Range(0, Jobs).Select(number => $"job-{number}")]);
        ChildProcess[] workers = [lab.StartWorker(Plan), lab.StartWorker(Plan)];
        for (int stop = 0; stop < stops; stop++)
        {
            ChildProcess stopping = workers[stop % 2];
            await Until.TrueAsync($"{stopping} is under load", () => lab.Lines.Count(line => line.Pid == stopping.Pid && line.Phase == LedgerPhase.Start) >= Plan.Concurrency);
            await FaultLab.TerminateAsync(stopping);
            workers[stop % 2] = lab.StartWorker(Plan);
        }

        foreach (ChildProcess worker in workers)
        {
            await FaultLab.ReadyAsync(worker);
            await FaultLab.TerminateAsync(worker);
        }

        ChildProcess last = lab.StartWorker(Plan with { Concurrency = 64, Handler = "0..5", Shutdown = TimeSpan.FromSeconds(30) });
        await lab.DrainedAsync();
        await FaultLab.TerminateAsync(last);

        // Nothing was killed, so the checker allows a second run only of what was handed back, under the same attempt.
        IReadOnlyDictionary<string, JobEnd> ends = await lab.VerifyAsync();
        Assert.Equal(Jobs, ends.Count);
        Assert.All(ends.Values, end => Assert.Equal(JobState.Completed, end.State));
        foreach (JobInfo job in (await lab.Jobs.GetJobsAsync(new() { States = [JobState.Completed], Take = 1_000 })).Jobs)
            Assert.Equal((job.Id, 1, 0), (job.Id, job.Attempt, job.Stalls));
        Assert.True(lab.Lines.Any(line => line.Phase == LedgerPhase.Back), "No handler was interrupted: the stops showed nothing.");
        FaultLab.Say($"{lab.Lines.Count(line => line.Phase == LedgerPhase.Back)} handlers were interrupted, {lab.Lines.Count(line => line.Phase == LedgerPhase.Handed)} jobs handed back");
    }
}
