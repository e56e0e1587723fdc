namespace AsyncMQ.Workers;

/// <summary>
/// Which of a worker's queues to ask in one Exchange. Up to 64: all of them. More: those that the store or a signal said may have work, and on the
/// safety poll 64 others in turn, so that ten thousand idle queues cost nothing.
/// </summary>
internal sealed class QueueChoice(IReadOnlyList<WeightedQueue> queues)
{
    private const int MostAsked = 64;
    private readonly Lock gate = new();
    private readonly int[] all = [.. Enumerable.Range(0, queues.Count)];
    private readonly Dictionary<string, int> indexes = Index(queues);
    private readonly HashSet<int> ready = [];
    private int[] asked = [];
    private int turn;

    public bool Has(string queue) => indexes.ContainsKey(queue);

    /// <summary>A queue may have work.</summary>
    public void MarkReady(string queue)
    {
        if (queues.Count <= MostAsked)
            return;

        lock (gate)
        {
            if (indexes.TryGetValue(queue, out int index))
                ready.Add(index);
        }
    }

    /// <summary>The queues to ask now.</summary>
    public int[] Choose(bool isPoll)
    {
        if (queues.Count <= MostAsked)
            return all;

        lock (gate)
        {
            asked = [.. ready.Take(MostAsked)];
            if (asked.Length < MostAsked && (isPoll || asked.Length == 0))
            {
                var more = new HashSet<int>(asked);
                for (int i = 0; more.Count < MostAsked && i < MostAsked; i++)
                    more.Add(turn++ % queues.Count);
                asked = [.. more];
            }

            return asked;
        }
    }

    /// <summary>What the store said: whether the queues asked have more, and which others may have work.</summary>
    public void Learn(bool haveMore, IReadOnlyList<string> readyQueues)
    {
        if (queues.Count <= MostAsked)
            return;

        lock (gate)
        {
            if (!haveMore)
                ready.ExceptWith(asked);
        }

        foreach (string queue in readyQueues)
            MarkReady(queue);
    }

    private static Dictionary<string, int> Index(IReadOnlyList<WeightedQueue> queues)
    {
        var indexes = new Dictionary<string, int>(queues.Count, StringComparer.Ordinal);
        for (int i = 0; i < queues.Count; i++)
            indexes.Add(queues[i].Queue, i);
        return indexes;
    }
}
