namespace AsyncMQ.Faults.Kit;

/// <summary>
/// Judges the history of a flow, beside what <see cref="LedgerChecker"/> says of each of its jobs: every node ended as its plan says, none began before
/// all that it depends on had ended, none ran that a dependency failed, and each was handed the results that its dependencies have in the store.
/// </summary>
internal sealed class FlowChecker
{
    private readonly LedgerHistory history;
    private readonly IReadOnlyDictionary<string, JobEnd> ends;
    private readonly Dictionary<string, NodeFate> fates = [];
    private readonly Dictionary<string, int?> ended = [];
    private readonly List<string> violations = [];

    private FlowChecker(IReadOnlyList<LedgerLine> lines, IReadOnlyDictionary<string, JobEnd> ends)
    {
        history = new(lines);
        this.ends = ends;
    }

    /// <summary>Judges a history.</summary>
    /// <param name="plan">The nodes, each behind those that it depends on.</param>
    /// <param name="lines">The ledger, in its order.</param>
    /// <param name="ends">Every job in the store.</param>
    /// <returns>One sentence for each violation.</returns>
    public static IReadOnlyList<string> Check(IReadOnlyList<NodePlan> plan, IReadOnlyList<LedgerLine> lines, IReadOnlyDictionary<string, JobEnd> ends)
    {
        var checker = new FlowChecker(lines, ends);
        foreach (NodePlan node in plan)
            checker.Check(node);
        return checker.violations;
    }

    private void Check(NodePlan node)
    {
        if (node.GrownBy is { } parent && fates[parent] is NodeFate.FailedUnrun or NodeFate.Absent)
        {
            fates.Add(node.Id, NodeFate.Absent);
            if (ends.ContainsKey(node.Id))
                violations.Add($"{node.Id}: is there, though {parent}, which adds it, never ran.");
            return;
        }

        string[] broken = [.. node.DependsOn.Where(id => fates[id] != NodeFate.Completed)];
        NodeFate fate = broken.Length > 0 && node.Policy == OnDependencyFailure.Fail ? NodeFate.FailedUnrun : node.Fails ? NodeFate.Failed : NodeFate.Completed;
        IReadOnlyList<LedgerRun> runs = history.RunsOf(node.Id);
        fates.Add(node.Id, fate);

        // One that never ran failed when a dependency did: any of them, so not before the first.
        ended.Add(node.Id, fate == NodeFate.FailedUnrun ? broken.Min(id => ended[id]) : runs.Count > 0 ? runs[^1].Ended ?? runs[^1].Threw : null);
        CheckEnd(node, fate);
        if (fate == NodeFate.FailedUnrun && runs.Count > 0)
            violations.Add($"{node.Id}: {runs[0]}, though its dependency {broken[0]} did not complete.");
        else if (runs.Count > 0)
            CheckStart(node, runs[0]);
    }

    private void CheckEnd(NodePlan node, NodeFate fate)
    {
        if (!ends.TryGetValue(node.Id, out JobEnd end))
        {
            violations.Add($"{node.Id}: the store does not know it.");
            return;
        }

        if (end.State != (fate == NodeFate.Completed ? JobState.Completed : JobState.Failed))
            violations.Add($"{node.Id}: is {end.State}, but its fate is {fate}.");
        else if (fate == NodeFate.Completed)
            CheckGiven(node, end);
        else if (end.Error == "DependencyFailed" != (fate == NodeFate.FailedUnrun))
            violations.Add($"{node.Id}: its error is {end.Error}, but its fate is {fate}.");
    }

    private void CheckStart(NodePlan node, LedgerRun first)
    {
        foreach (string id in node.DependsOn)
        {
            if (ended[id] > first.Claimed)
                violations.Add($"{node.Id}: {first} was claimed before its dependency {id} had ended, in line {ended[id]}.");
        }
    }

    private void CheckGiven(NodePlan node, JobEnd end)
    {
        string[] expected = [.. node.DependsOn.Select(id => $"{id}={(ends.TryGetValue(id, out JobEnd given) ? given.Token ?? given.State.ToString() : "unknown")}").Order()];
        string[] given = [.. (end.Given ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).Order()];
        if (!expected.SequenceEqual(given))
            violations.Add($"{node.Id}: was handed {string.Join(", ", given)}, but its dependencies have {string.Join(", ", expected)}.");
    }
}
