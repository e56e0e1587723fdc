namespace AsyncMQ.Workers;

/// <summary>
/// Which of a worker's queues to ask in one Exchange. Up to 64: all of them. More: those that the store or a signal said may have work, in turn, and on
/// the safety poll others up to 64, so that ten thousand idle queues cost nothing.
/// </summary>
internal sealed class QueueChoice(IReadOnlyList<WeightedQueue> queues)
{
    private const int MostAsked = 64;
    private readonly Lock gate = new();
    private readonly int[] all = [.. Enumerable.Range(0, queues.Count)];
    private readonly Dictionary<string, int> indexes = Index(queues);

    // In turn: who was asked goes to the end. A queue is taken out while it is asked, so that news of it meanwhile is not lost with the answer.
    private readonly Queue<int> ready = new();
    private readonly HashSet<int> isReady = [];
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
                Add(index);
        }
    }

    /// <summary>The queues to ask now.</summary>
    public int[] Choose(bool isPoll)
    {
        if (queues.Count <= MostAsked)
            return all;

        lock (gate)
        {
            var chosen = new List<int>(MostAsked);
            while (chosen.Count < MostAsked && ready.TryDequeue(out int index))
            {
                isReady.Remove(index);
                chosen.Add(index);
            }

            if (isPoll || chosen.Count == 0)
                Fill(chosen);
            return asked = [.. chosen];
        }
    }

    /// <summary>What the store said: whether the queues asked have more, and which others may have work.</summary>
    /// <returns>True when some queue that was not asked may have work.</returns>
    public bool Learn(bool haveMore, IReadOnlyList<string> readyQueues)
    {
        if (queues.Count <= MostAsked)
            return false;

        foreach (string queue in readyQueues)
            MarkReady(queue);
        lock (gate)
        {
            bool othersMayHave = ready.Count > 0;
            if (haveMore)
                Array.ForEach(asked, Add);
            asked = [];
            return othersMayHave;
        }
    }

    private void Add(int index)
    {
        if (isReady.Add(index))
            ready.Enqueue(index);
    }

    private void Fill(List<int> chosen)
    {
        var known = new HashSet<int>(chosen);
        for (int i = 0; chosen.Count < MostAsked && i < queues.Count; i++)
        {
            int index = turn;
            turn = (turn + 1) % queues.Count;
            if (known.Add(index))
                chosen.Add(index);
        }
    }

    private static Dictionary<string, int> Index(IReadOnlyList<WeightedQueue> queues)
    {
        var indexes = new Dictionary<string, int>(queues.Count, StringComparer.Ordinal);
        for (int i = 0; i < queues.Count; i++)
            indexes.Add(queues[i].Queue, i);
        return indexes;
    }
}
