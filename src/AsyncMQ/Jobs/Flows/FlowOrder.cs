namespace AsyncMQ.Jobs;

/// <summary>
/// In which order the jobs of a flow are stored: each behind those it comes after, and otherwise as the user gave them. No recursion: a chain may be
/// ten thousand long.
/// </summary>
internal static class FlowOrder
{
    /// <summary>The order, as indices; shorter than the list when there is a cycle.</summary>
    /// <param name="dependencies">For each job the jobs that it comes after, each once.</param>
    public static List<int> Sort(IReadOnlyList<IReadOnlyList<int>> dependencies)
    {
        List<int>[] dependents = Invert(dependencies);
        var open = new int[dependencies.Count];
        var ready = new PriorityQueue<int, int>();
        for (int i = 0; i < open.Length; i++)
        {
            open[i] = dependencies[i].Count;
            if (open[i] == 0)
                ready.Enqueue(i, i);
        }

        var order = new List<int>(open.Length);
        while (ready.TryDequeue(out int next, out _))
        {
            order.Add(next);
            foreach (int dependent in dependents[next])
            {
                if (--open[dependent] == 0)
                    ready.Enqueue(dependent, dependent);
            }
        }

        return order;
    }

    /// <summary>A cycle among the jobs that <see cref="Sort"/> left out: each comes after the next, and the last after the first.</summary>
    /// <param name="dependencies">For each job the jobs that it comes after.</param>
    /// <param name="sorted">What could be sorted.</param>
    public static List<int> FindCycle(IReadOnlyList<IReadOnlyList<int>> dependencies, IReadOnlyList<int> sorted)
    {
        var left = new HashSet<int>(Enumerable.Range(0, dependencies.Count));
        left.ExceptWith(sorted);

        // Each of those left comes after another one that is left: so whoever walks on comes round.
        var walked = new Dictionary<int, int>();
        var path = new List<int>();
        int at = left.Min();
        while (walked.TryAdd(at, path.Count))
        {
            path.Add(at);
            at = dependencies[at].First(left.Contains);
        }

        List<int> cycle = path[walked[at]..];
        int first = cycle.IndexOf(cycle.Min());
        return [.. cycle[first..], .. cycle[..first]];
    }

    private static List<int>[] Invert(IReadOnlyList<IReadOnlyList<int>> dependencies)
    {
        var dependents = new List<int>[dependencies.Count];
        for (int i = 0; i < dependents.Length; i++)
            dependents[i] = [];
        for (int i = 0; i < dependents.Length; i++)
        {
            foreach (int dependency in dependencies[i])
                dependents[dependency].Add(i);
        }

        return dependents;
    }
}
