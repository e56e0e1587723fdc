namespace AsyncMQ.Faults.Tests;

/// <summary>A crash loop has an end.</summary>
public sealed class PoisonTests
{
    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Redis)]
    [InlineData(StoreKind.Postgres)]
    public Task A_job_that_kills_its_process_runs_out_of_stalls_and_those_behind_it_are_unharmed(StoreKind store) => RunAsync(store, concurrency: 1, ahead: 0);

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Redis)]
    [InlineData(StoreKind.Postgres)]
    public Task Neighbours_of_a_job_that_kills_its_process_are_unharmed(StoreKind store) => RunAsync(store, concurrency: 4, ahead: 100);

    private static async Task RunAsync(StoreKind store, int concurrency, int ahead)
    {
        var plan = new WorkerPlan { Concurrency = concurrency, Handler = "0..20", Lease = TimeSpan.FromSeconds(1) };
        await using FaultLab lab = await FaultLab.OpenAsync(store, TestSeed.First);
        string[] others = [.. Enumerable.Range(0, 200).Select(number => $"good-{number}")];
        if (ahead > 0)
            await lab.AddAsync("work", others[..ahead]);
        await lab.AddAsync("poison", "poison");
        await lab.AddAsync("work", others[ahead..]);

        ChildProcess worker = lab.StartWorker(plan);
        int deaths = 0;
        await Until.TrueAsync("the poisonous job has failed", async () =>
        {
            if (worker.HasExited)
            {
                lab.NoteDeath(worker);
                Assert.True(++deaths <= 10, $"The worker died {deaths} times, and the job still runs.\n{worker.Output}");
                worker = lab.StartWorker(plan);
            }

            return await lab.Jobs.GetJobStateAsync("poison") == JobState.Failed;
        });
        await lab.DrainedAsync();
        await FaultLab.TerminateAsync(worker);

        JobInfo poison = (await lab.Jobs.GetJobAsync("poison"))!;
        Assert.Equal("Stalled", poison.Error?.Type);
        Assert.Equal(4, poison.Stalls);
        Assert.Equal(4, deaths);
        Assert.Equal(4, lab.Lines.Count(line => line is { Id: "poison", Phase: LedgerPhase.Start }));

        IReadOnlyDictionary<string, JobEnd> ends = await lab.VerifyAsync();
        var harmed = others.Where(id => ends[id].State != JobState.Completed).ToList();
        Assert.True(harmed.Count == 0, $"Others did not complete: {string.Join(", ", harmed)}.");
    }
}
