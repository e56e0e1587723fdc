using System.Globalization;

namespace AsyncMQ.Conformance.Linking;

/// <summary>One job of a random DAG, and how its handler will end.</summary>
/// <param name="draft">The job as it was drawn.</param>
/// <param name="end">Complete or Fail.</param>
internal sealed class DagNode(NewJob draft, SettlementKind end)
{
    private int detours;

    /// <summary>As it was added in the end: without those dependencies that were unknown by then.</summary>
    public NewJob Job { get; set; } = draft;

    public JobRef Ref => Job.Ref;

    public SettlementKind End => end;

    /// <summary>How many attempts end otherwise before.</summary>
    public int Detours { init => detours = value; }

    /// <summary>What the next attempt comes to.</summary>
    public SettlementKind Next(Random random) => Interlocked.Decrement(ref detours) >= 0
        ? random.Next(3) switch { 0 => SettlementKind.Retry, 1 => SettlementKind.PutBack, _ => SettlementKind.HandBack }
        : end;
}

/// <summary>A random DAG over three queues, in an order in which it can be added.</summary>
internal sealed class RandomDag
{
    public static readonly string[] Queues = ["left", "middle", "right"];

    private readonly Dictionary<JobRef, DagNode> byName;

    public RandomDag(int seed)
    {
        var random = new Random(seed);
        List<DagNode> nodes = [];
        for (int left = random.Next(5, 61); left > 0; left--)
            nodes.Add(Draw(random, nodes));
        Nodes = nodes;
        byName = nodes.ToDictionary(node => node.Ref);
        IsFlow = random.Next(2) == 0;
        IsLetGo = random.Next(2) == 0;
    }

    public IReadOnlyList<DagNode> Nodes { get; }

    /// <summary>Whether all of it is one flow, which grows group by group.</summary>
    public bool IsFlow { get; }

    /// <summary>Whether a person promotes what waits for a person's word.</summary>
    public bool IsLetGo { get; }

    public DagNode this[JobRef job] => byName[job];

    private static DagNode Draw(Random random, List<DagNode> earlier)
    {
        NewJob job = Job(string.Create(CultureInfo.InvariantCulture, $"n{earlier.Count}")).In(Queues[random.Next(3)])
            .WithPriority(random.Next(3)).WithStamp(random.NextInt64());
        if (random.Next(5) == 0)
            job = job.Delayed(random.Next(1, 15).Seconds());
        if (random.Next(12) == 0)
            job = job.ToLive(random.Next(1, 20).Seconds());
        int dependencies = Math.Min(earlier.Count, random.Next(10) switch { < 2 => 0, < 5 => 1, < 7 => 2, < 9 => 3, _ => 12 });
        if (dependencies > 0)
        {
            // Mostly on late ones, so that it becomes deep.
            int from = random.Next(4) == 0 ? 0 : Math.Max(0, earlier.Count - 14);
            JobRef[] candidates = [.. earlier.Skip(from).Select(node => node.Ref)];
            random.Shuffle(candidates);
            job = job with
            {
                DependsOn = candidates[..Math.Min(dependencies, candidates.Length)],
                OnDependencyFailure = random.Next(10) switch { < 4 => OnDependencyFailure.Fail, < 8 => OnDependencyFailure.Continue, _ => OnDependencyFailure.Wait },
            };
        }

        return new(job with { Flags = job.Flags | JobFlags.Linked }, random.Next(10) == 0 ? SettlementKind.Fail : SettlementKind.Complete)
        {
            Detours = random.Next(4) == 0 ? random.Next(1, 3) : 0,
        };
    }
}
