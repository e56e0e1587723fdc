namespace AsyncMQ.Faults.Tests;

/// <summary>A flow is added whole or not at all, and once its add has returned it is there.</summary>
public sealed class FlowAddTests
{
    private const int Nodes = 60;

    [Fact]
    public async Task A_flow_whose_add_has_returned_outlives_its_process_and_one_cut_short_is_whole_or_not_there()
    {
        foreach (int seed in TestSeed.Rounds())
            await RunAsync(seed);
    }

    private static async Task RunAsync(int seed)
    {
        await using var lab = new FaultLab(seed, "red", "green", "blue");
        for (int death = 0; death < 2; death++)
        {
            ChildProcess producer = lab.StartFlowProducer(100, Nodes, diesAfterOne: true);
            Assert.Equal(128 + UnixCalls.SigKill, await producer.ExitAsync(Until.Patience));
            lab.NoteDeath(producer);
            Assert.Equal((death + 1, death + 1), await CheckAsync(lab));
        }

        int cut = 0, inside = 0;
        for (int kill = 0; kill < 6; kill++)
        {
            int begun = Begun(lab).Count;
            ChildProcess producer = lab.StartFlowProducer(100, Nodes);
            await Until.TrueAsync($"{producer} has begun to add", () => Begun(lab).Count > begun);
            await Task.Delay(lab.Random.Next(0, 60)); // a random moment, not a wait for anything
            lab.Kill(producer);
            (int acknowledged, int whole) = await CheckAsync(lab);
            inside += Begun(lab).Count - acknowledged;
            cut += whole - acknowledged;
        }

        FlowPlan[] flows = [.. Begun(lab).Select(Plan)];
        ChildProcess completing = lab.StartFlowProducer(flows.Length, Nodes);
        Assert.Equal(0, await completing.ExitAsync(Until.Patience));
        ChildProcess worker = lab.StartWorker(new() { Concurrency = 16, Handler = "0..1" });
        await lab.DrainedAsync();
        await FaultLab.TerminateAsync(worker);
        await lab.VerifyAsync(ends => FlowChecker.Check([.. flows.SelectMany(flow => flow.Nodes)], lab.Lines, ends));
        FaultLab.Say($"seed {seed}: {flows.Length} flows; {inside} kills fell into an add, {cut} of those behind its commit");
    }

    // How many flows are acknowledged, and how many are there: whole, each of them, and all that are acknowledged.
    private static async Task<(int Acknowledged, int Whole)> CheckAsync(FaultLab lab)
    {
        var acknowledged = lab.Lines.Where(line => line.Phase == LedgerPhase.Acked).Select(line => line.Id).ToHashSet();
        int told = 0, whole = 0;
        foreach (string id in Begun(lab))
        {
            string[] expected = [.. Plan(id).Added.Order()];
            IReadOnlyList<FlowJob> jobs = (await lab.Client.GetFlowAsync(id))?.Jobs ?? [];
            string[] found = [.. jobs.Select(job => job.Ref.Id).Order()];
            if (found.Length > 0 || expected.All(acknowledged.Contains))
                Assert.Equal(expected, found);
            told += expected.All(acknowledged.Contains) ? 1 : 0;
            whole += found.Length > 0 ? 1 : 0;
        }

        return (told, whole);
    }

    private static List<string> Begun(FaultLab lab) => [.. lab.Lines.Where(line => line.Phase == LedgerPhase.Adding).Select(line => line.Id).Distinct()];

    private static FlowPlan Plan(string id) => RandomFlow.Numbered(int.Parse(id.AsSpan("flow-".Length), System.Globalization.CultureInfo.InvariantCulture), Nodes, ["red", "green", "blue"]);
}
