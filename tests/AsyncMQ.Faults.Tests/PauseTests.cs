namespace AsyncMQ.Faults.Tests;

/// <summary>A worker that was thought dead can do no harm.</summary>
public sealed class PauseTests
{
    private static readonly WorkerPlan Plan = new() { Concurrency = 4, Handler = "1500..2000", IsDeaf = true, Lease = TimeSpan.FromSeconds(1.5) };

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Redis)]
    [InlineData(StoreKind.Postgres)]
    public async Task A_worker_stopped_past_its_lease_comes_back_changes_nothing_and_goes_on(StoreKind store)
    {
        foreach (int seed in TestSeed.Rounds())
            await RunAsync(store, seed);
    }

    private static async Task RunAsync(StoreKind store, int seed)
    {
        await using FaultLab lab = await FaultLab.OpenAsync(store, seed);
        ChildProcess first = lab.StartWorker(Plan);
        await FaultLab.ReadyAsync(first);
        string[] ids = Ids("early", 6);
        await lab.AddAsync("work", ids);
        await Until.TrueAsync("the first worker's slots are full", () => Count(lab, first, LedgerPhase.Start) == Plan.Concurrency);
        await lab.PauseAsync(first);

        ChildProcess second = lab.StartWorker(Plan with { Concurrency = 8, Handler = "0..50" });
        await Until.TrueAsync("the second worker has done all jobs", () => Count(lab, second, LedgerPhase.Settled) == ids.Length);
        lab.Resume(first);

        // Deaf handlers: each runs to its end, and the worker has to find out that its word does not count.
        await Until.TrueAsync("the first worker's handlers have ended", () => Count(lab, first, LedgerPhase.End) >= Plan.Concurrency);
        int done = Count(lab, first, LedgerPhase.Settled);
        for (int round = 0; Count(lab, first, LedgerPhase.Settled) == done || Count(lab, second, LedgerPhase.Settled) == ids.Length; round++)
        {
            Assert.True(round < 20, $"One of the two workers does not work any more.\n{first.Output}\n{second.Output}");
            await lab.AddAsync("work", Ids($"late-{round}", 16));
            await lab.DrainedAsync();
        }

        await FaultLab.TerminateAsync(first);
        await FaultLab.TerminateAsync(second);
        IReadOnlyDictionary<string, JobEnd> ends = await lab.VerifyAsync();
        Assert.All(ends.Values, end => Assert.Equal(JobState.Completed, end.State));
        Assert.Equal(0, done);
    }

    private static int Count(FaultLab lab, ChildProcess worker, LedgerPhase phase) => lab.Lines.Count(line => line.Pid == worker.Pid && line.Phase == phase);

    private static string[] Ids(string prefix, int count) => [.. Enumerable.Range(0, count).Select(number => $"{prefix}-{number}")];
}
