using AsyncMQ.Storage;

namespace AsyncMQ.Workers;

/// <summary>
/// Shares claims between queues by weight: smooth weighted round robin, so that 3 to 1 comes as a a b a, not a a a b. First every queue's share, then
/// the same queues again for what others left, so that an empty queue's share is not lost.
/// </summary>
internal sealed class WeightedTurns
{
    private readonly long[] credit;
    private readonly IReadOnlyList<WeightedQueue> queues;
    private readonly int[] share;

    public WeightedTurns(IReadOnlyList<WeightedQueue> queues)
    {
        this.queues = queues;
        credit = new long[queues.Count];
        share = new int[queues.Count];
    }

    /// <param name="chosen">Indexes of the queues to ask, at most 64.</param>
    /// <param name="total">How many jobs are wanted.</param>
    /// <param name="claims">Receives the entries.</param>
    public void Allot(ReadOnlySpan<int> chosen, int total, List<QueueClaim> claims)
    {
        claims.Clear();
        if (chosen.Length == 1)
        {
            claims.Add(new(queues[chosen[0]].Queue, total));
            return;
        }

        for (int turn = 0; turn < total; turn++)
            share[Next(chosen)]++;
        foreach (int queue in chosen)
        {
            if (share[queue] > 0)
                claims.Add(new(queues[queue].Queue, share[queue]));
            share[queue] = 0;
        }

        foreach (int queue in chosen)
            claims.Add(new(queues[queue].Queue, total));
    }

    private int Next(ReadOnlySpan<int> chosen)
    {
        int best = chosen[0];
        long sum = 0;
        foreach (int queue in chosen)
        {
            credit[queue] += queues[queue].Weight;
            sum += queues[queue].Weight;
            if (credit[queue] > credit[best])
                best = queue;
        }

        credit[best] -= sum;
        return best;
    }
}

/// <summary>A queue of a worker and its share of the claims.</summary>
internal readonly record struct WeightedQueue(string Queue, int Weight);
