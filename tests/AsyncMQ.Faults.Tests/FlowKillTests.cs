using System.Diagnostics;

namespace AsyncMQ.Faults.Tests;

/// <summary>A flow goes on to its end, whatever dies under it.</summary>
public sealed class FlowKillTests
{
    private const int Nodes = 300;
    private const int FewestKills = 10;
    private static readonly TimeSpan LongestKilling = TimeSpan.FromSeconds(10);
    private static readonly WorkerPlan Plan = new() { Concurrency = 3, Handler = "20..300", Lease = TimeSpan.FromSeconds(1.5), MaxStalls = 1_000 };

    [Fact]
    public async Task A_flow_whose_workers_are_killed_all_the_time_ends_as_it_should_and_in_order()
    {
        foreach (int seed in TestSeed.Rounds())
            await RunAsync(seed);
    }

    private static async Task RunAsync(int seed)
    {
        long started = Stopwatch.GetTimestamp();
        await using var lab = new FaultLab(seed, "red", "green", "blue");
        FlowPlan flow = RandomFlow.Make("flow", Nodes, [.. lab.Queues], lab.Random);
        await lab.AddAsync(flow);
        List<ChildProcess> workers = [.. Enumerable.Range(0, 4).Select(_ => lab.StartWorker(Plan))];

        // None is killed before it has begun a job: so the flow goes on however long this machine takes to start a process.
        while (await lab.UnendedAsync() > Nodes / 20 && (lab.Kills < FewestKills || Stopwatch.GetElapsedTime(started) < LongestKilling))
        {
            await Task.Delay(lab.Random.Next(100, 600)); // the rhythm of kills, not a wait for anything
            int chosen = lab.Random.Next(workers.Count);
            if (!lab.HasRun(workers[chosen]))
                continue;
            lab.Kill(workers[chosen]);
            workers[chosen] = lab.StartWorker(Plan);
        }

        TimeSpan killing = Stopwatch.GetElapsedTime(started);
        long pending = await lab.UnendedAsync();
        lab.Kill(workers);
        ChildProcess last = lab.StartWorker(Plan with { Concurrency = 16, Handler = "0..5" });
        await lab.DrainedAsync();
        await FaultLab.TerminateAsync(last);

        IReadOnlyDictionary<string, JobEnd> ends = await lab.VerifyAsync(ends => FlowChecker.Check(flow.Nodes, lab.Lines, ends));
        Assert.True(lab.Kills >= FewestKills, $"Only {lab.Kills} kills: too few to show anything.");
        FaultLab.Say(
            $"seed {seed}: {lab.Kills} kills in {killing.TotalSeconds:0.0} s, {pending} of {ends.Count} nodes left by then, "
            + $"{ends.Values.Count(end => end.State == JobState.Failed)} failed; {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s in all");
    }
}
