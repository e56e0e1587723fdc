namespace AsyncMQ.Faults.Tests;

/// <summary>A worker that was thought dead releases nothing that another has released.</summary>
public sealed class FlowPauseTests
{
    private static readonly WorkerPlan Slow = new() { Queues = ["quick"], Concurrency = 1, Handler = "1500..2000", IsDeaf = true, Lease = TimeSpan.FromSeconds(1.5) };

    [Fact]
    public async Task A_dependency_finished_again_by_a_worker_stopped_past_its_lease_releases_nothing_twice()
    {
        foreach (int seed in TestSeed.Rounds())
            await RunAsync(seed);
    }

    private static async Task RunAsync(int seed)
    {
        await using var lab = new FaultLab(seed, "quick", "later");
        FlowPlan flow = new FlowPlan("flow")
            .Node("root", "quick").Node("left", "quick", "root").Node("right", "quick", "root").Node("later", "later")
            .Node("join", "quick", "root", "left", "right", "later");
        ChildProcess first = lab.StartWorker(Slow);
        await FaultLab.ReadyAsync(first);
        await lab.AddAsync(flow);
        // What its context asks the store for would tell it that the claim is lost: it is paused when it asks for nothing any more.
        await Until.TrueAsync("the first worker runs the root, deaf", () => lab.Has(first, LedgerPhase.Deaf, "flow-root"));
        await lab.PauseAsync(first);

        ChildProcess second = lab.StartWorker(Slow with { Concurrency = 8, Handler = "0..50" });
        await Until.TrueAsync("the second worker has done what the root released", () => lab.Has(second, LedgerPhase.Settled, "flow-left") && lab.Has(second, LedgerPhase.Settled, "flow-right"));
        lab.Resume(first);

        // Its handler is deaf: it runs to its end, and says so. Were that word taken, the join would miss one of its four dependencies.
        await Until.TrueAsync("the first worker's root has ended", () => lab.Has(first, LedgerPhase.End, "flow-root"));
        for (int round = 0; !lab.Lines.Any(line => line.Pid == first.Pid && line is { Phase: LedgerPhase.Settled, Id: not "flow-root" }); round++)
        {
            Assert.True(round < 20, $"The first worker does not work any more.\n{first.Output}");
            await lab.AddAsync("work", [.. Enumerable.Range(0, 16).Select(number => $"late-{round}-{number}")]);
            await Until.TrueAsync("the late jobs are done", async () => await lab.Jobs.GetStatsAsync() is { Waiting: 0, Active: 0 });
        }

        Assert.Equal(JobState.WaitingChildren, await lab.Jobs.GetJobStateAsync("flow-join"));

        ChildProcess third = lab.StartWorker(new() { Queues = ["later"], Handler = "0..5" });
        await lab.DrainedAsync();
        foreach (ChildProcess worker in (ChildProcess[])[first, second, third])
            await FaultLab.TerminateAsync(worker);
        IReadOnlyDictionary<string, JobEnd> ends = await lab.VerifyAsync(ends => FlowChecker.Check(flow.Nodes, lab.Lines, ends));
        Assert.All(ends.Values, end => Assert.Equal(JobState.Completed, end.State));
        Assert.Equal(2, lab.Lines.Count(line => line is { Phase: LedgerPhase.End, Id: "flow-root" }));
    }
}
