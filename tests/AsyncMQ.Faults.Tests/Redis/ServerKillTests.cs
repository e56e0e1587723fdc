namespace AsyncMQ.Faults.Tests.Redis;

/// <summary>The server is killed, and workers with it, while processes add jobs and work them off; it comes back with its append-only file.</summary>
public sealed class ServerKillTests
{
    private const int Jobs = 4_000;
    private const int Kills = 6;
    private const int SettledBetween = 150;
    private static readonly WorkerPlan Plan = new() { Concurrency = 8, Handler = "0..100", Lease = TimeSpan.FromSeconds(6), MaxStalls = 1_000 };

    [Fact]
    public async Task A_server_killed_with_its_workers_loses_nothing_and_only_their_jobs_run_again()
    {
        foreach (int seed in TestSeed.Rounds())
            await RunAsync(seed);
    }

    private static async Task RunAsync(int seed)
    {
        RedisFaultStore store = await RedisFaultStore.StartAsync("always");
        await using FaultLab lab = FaultLab.On(store, seed);
        ChildProcess producer = lab.StartProducer(Jobs, pause: "0..40");
        ChildProcess[] workers = [lab.StartWorker(Plan), lab.StartWorker(Plan), lab.StartWorker(Plan)];
        await Task.WhenAll(workers.Select(FaultLab.ReadyAsync));

        for (int kill = 0; kill < Kills; kill++)
        {
            int before = Settled(lab);
            await Until.TrueAsync($"jobs are settled before kill {kill}", () => Settled(lab) >= before + SettledBetween);
            await store.Server.KillAsync();
            if (kill % 2 == 1)
            {
                int chosen = lab.Random.Next(workers.Length);
                lab.Kill(workers[chosen]);
                workers[chosen] = lab.StartWorker(Plan);
            }

            await store.Server.LaunchAsync();
        }

        Assert.Equal(0, await producer.ExitAsync(Until.Patience));
        await lab.DrainedAsync();
        foreach (ChildProcess worker in workers)
            await FaultLab.TerminateAsync(worker);

        IReadOnlyDictionary<string, JobEnd> ends = await lab.VerifyAsync();
        Assert.Equal(Jobs, ends.Count);
        Assert.All(ends.Values, end => Assert.Equal(JobState.Completed, end.State));
    }

    private static int Settled(FaultLab lab) => lab.Lines.Count(line => line.Phase == LedgerPhase.Settled);
}
