using AsyncMQ.Simulation.Machine;

namespace AsyncMQ.Simulation.Living;

/// <content>Flows, and jobs that depend on what is there.</content>
internal sealed partial class Planners
{
    private const int Remembered = 100;
    private static readonly string[] Names = [Handlers.Plain, Handlers.Plain, Handlers.Counting, Handlers.Counting, Handlers.Gathering, Handlers.Growing, Handlers.Rare];

    private readonly List<JobRef> linked = [];
    private readonly List<string> flows = [];
    private int numbers;
    private bool hadLarge;

    private async Task LinkAsync(SimulatedProcess process, Chance chance)
    {
        IJobClient client = process.Host.Client;
        switch (chance.Below(20))
        {
            case < 7:
                await AddFlowAsync(client, chance);
                break;
            case < 11:
                await AddDependentAsync(client, chance);
                break;
            case < 16 when linked.Count > 0:
                await ChangeAsync(client, chance);
                break;
            case > 15 when flows.Count > 0:
                await ChangeFlowAsync(client, flows[chance.Below(flows.Count)], chance);
                break;
        }
    }

    private async Task AddFlowAsync(IJobClient client, Chance chance)
    {
        string id = chance.Is(300) ? $"flow-{chance.Below(4)}" : $"flow:{++numbers}";
        Flow flow = chance.Below(40) switch
        {
            0 => Chain(id, chance),
            1 => FanOut(id, chance),
            _ => AnyFlow(id, chance),
        };
        Remember(await client.AddFlowAsync(flow));
        flows.Add(id);
        if (flows.Count > Remembered)
            flows.RemoveAt(0);
    }

    private static Flow AnyFlow(string id, Chance chance)
    {
        var flow = new Flow(id);
        for (int left = 1 + chance.Below(10); left > 0; left--)
        {
            FlowNode[] after = [.. flow.Nodes.Where(_ => chance.Is(300))];
            flow.Add(Spec(chance, NodeOptions(chance, flow.Nodes.Count)), after);
        }

        return flow;
    }

    private static Flow Chain(string id, Chance chance)
    {
        var flow = new Flow(id);
        flow.Chain([.. Enumerable.Range(0, 25).Select(_ => Spec(chance, new() { OnDependencyFailure = OnDependencyFailure.Continue }))]);
        return flow;
    }

    // Once in many worlds more than one step spreads: the end of the first is worked off by several.
    private Flow FanOut(string id, Chance chance)
    {
        var flow = new Flow(id);
        bool isLarge = !hadLarge && chance.Is(300);
        hadLarge |= isLarge;
        FlowNode first = flow.Add(Spec(chance, new()));
        IReadOnlyList<FlowNode> all = flow.FanOut([.. Enumerable.Range(0, isLarge ? 1_100 : 30).Select(_ => Spec(chance, new() { OnDependencyFailure = chance.Of(Policies) }))], [first]);
        flow.FanIn(Spec(chance, new() { OnDependencyFailure = OnDependencyFailure.Continue }), [.. all.Take(30)]);
        return flow;
    }

    // On what others have added, or on what is not there.
    private async Task AddDependentAsync(IJobClient client, Chance chance)
    {
        var others = new List<JobRef>();
        for (int left = 1 + chance.Below(3); left > 0; left--)
        {
            List<JobRef> known = chance.Is(500) ? linked : world.Users.Jobs;
            if (known.Count > 0)
                others.Add(known[chance.Below(known.Count)]);
        }

        if (chance.Is(30))
            others.Add(new(Users.First, "nobody"));
        JobOptions options = NodeOptions(chance, 0) with { DependsOn = others };
        if (chance.Is(700) || flows.Count == 0)
        {
            Remember((await client.AddBulkAsync([Spec(chance, options)]))[0]);
            return;
        }

        var more = new Flow(flows[chance.Below(flows.Count)]);
        FlowNode one = more.Add(Spec(chance, options));
        if (chance.Is(500))
            more.Add(Spec(chance, NodeOptions(chance, 1)), [one]);
        Remember(await client.AddToFlowAsync(more));
    }

    private async Task ChangeAsync(IJobClient client, Chance chance)
    {
        JobRef job = linked[chance.Below(linked.Count)];
        if (chance.Is(800))
            await Users.ChangeAsync(client, job, chance);
        else
            await client.GetQueue(job.Queue).PromoteJobAsync(job.Id);
    }

    private static async Task ChangeFlowAsync(IJobClient client, string flow, Chance chance)
    {
        switch (chance.Below(8))
        {
            case 0 or 1:
                await client.CancelFlowAsync(flow);
                break;
            case 2 or 3 or 4:
                await client.RetryFlowAsync(flow);
                break;
            case 5:
                await client.RemoveFlowAsync(flow);
                break;
            case 6:
                await client.GetFlowAsync(flow);
                break;
            default:
                await client.GetFlowsAsync(new() { Take = 5 });
                break;
        }
    }

    private static JobSpec Spec(Chance chance, JobOptions options) =>
        JobSpec.Of(chance.Of(Names), null, options) with { Queue = chance.Of(Users.First, Users.Second, Users.Scratch) };

    private static JobOptions NodeOptions(Chance chance, int node)
    {
        TimeSpan? delay = chance.Is(150) ? chance.Spread(Moment, TimeSpan.FromMinutes(10)) : null;
        return new()
        {
            JobId = chance.Is(60) ? $"node-{node}-{chance.Below(10)}" : null,
            Delay = delay,
            Priority = chance.Is(200) ? chance.Below(4) : 5,
            TimeToLive = chance.Is(100) ? (delay ?? TimeSpan.Zero) + chance.Spread(Moment, TimeSpan.FromMinutes(10)) : null,
            Retries = chance.Is(600) ? chance.Below(4) : null,
            Backoff = chance.Of(null, Backoff.None, Backoff.Fixed(TimeSpan.FromSeconds(3))),
            Timeout = chance.Is(100) ? chance.Spread(Moment * 10, TimeSpan.FromMinutes(2)) : null,
            OnDependencyFailure = chance.Of(Policies),
        };
    }

    private static OnDependencyFailure[] Policies { get; } = [OnDependencyFailure.Fail, OnDependencyFailure.Fail, OnDependencyFailure.Continue, OnDependencyFailure.Wait];

    private void Remember(FlowHandle flow)
    {
        foreach (JobHandle job in flow.Jobs)
            Remember(job);
    }

    private void Remember(JobHandle job)
    {
        world.Witness.Acknowledged(job.Ref);
        if (linked.Count == Remembered)
            linked.RemoveAt(0);
        linked.Add(job.Ref);
    }
}
