namespace AsyncMQ.Faults.Kit;

/// <summary>
/// Makes flows by chance over several queues: fan-outs and fan-ins, nodes that fail and nodes that go on without those, nodes that add another one to
/// the flow while they run, and at the end one that waits for all that nobody else waits for.
/// </summary>
internal sealed class RandomFlow
{
    private const int FanOut = 10;
    private const int FanIn = 25;
    private readonly FlowPlan plan;
    private readonly string[] queues;
    private readonly Random random;
    private readonly List<string> put = [];
    private readonly HashSet<string> awaited = [];
    private string? hub;

    private RandomFlow(FlowPlan plan, string[] queues, Random random)
    {
        this.plan = plan;
        this.queues = queues;
        this.random = random;
    }

    /// <summary>Makes a flow.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="size">How many nodes it has when it is added.</param>
    /// <param name="queues">Their queues.</param>
    /// <param name="random">Chance.</param>
    public static FlowPlan Make(string id, int size, string[] queues, Random random)
    {
        var made = new RandomFlow(new(id), queues, random);
        for (int number = 0; number < size - 1; number++)
            made.Put($"{id}-{number}", number % (FanIn + FanOut));
        made.Put($"{id}-last", [.. made.put.Where(node => !made.awaited.Contains(node))], OnDependencyFailure.Continue, fails: false);
        return made.plan;
    }

    /// <summary>One of a series: the same in every process.</summary>
    public static FlowPlan Numbered(int number, int size, string[] queues) => Make($"flow-{number}", size, queues, new(number));

    private void Put(string id, int place)
    {
        if (place == FanIn)
        {
            Put(id, put[^FanIn..], OnDependencyFailure.Continue, fails: false);
            hub = id;
            return;
        }

        HashSet<string> dependencies = hub is not null && place > FanIn ? [hub] : [];
        for (int some = random.Next(4); some > 0 && put.Count > 0; some--)
            dependencies.Add(put[random.Next(Math.Max(0, put.Count - 60), put.Count)]);
        Put(id, dependencies, random.Next(4) == 0 ? OnDependencyFailure.Fail : OnDependencyFailure.Continue, fails: random.Next(30) == 0);
        if (random.Next(20) == 0)
            plan.Put(new($"{id}-more", plan.Nodes[^1].Queue, [id], OnDependencyFailure.Fail, Fails: false) { GrownBy = id });
    }

    private void Put(string id, IReadOnlyCollection<string> dependencies, OnDependencyFailure policy, bool fails)
    {
        plan.Put(new(id, queues[random.Next(queues.Length)], [.. dependencies], policy, fails));
        awaited.UnionWith(dependencies);
        put.Add(id);
    }
}
