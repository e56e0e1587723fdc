using System.Numerics;

namespace AsyncMQ.Conformance.Histories;

/// <summary>
/// Looks for an order of happenings in which an object, asked one after the other, gives every answer that was given, and none comes before one that was
/// answered before it was asked.
/// </summary>
/// <remarks>The search of Wing and Gong with Lowe's memory of what was tried, per object, as in Porcupine.</remarks>
internal static class LegalOrder
{
    /// <param name="happenings">All that happened to the object.</param>
    /// <param name="initial">The object before any of it.</param>
    /// <param name="next">The object after a happening; null: it would not have answered so.</param>
    /// <returns>Null when there is such an order; else the longest beginning of one, in words.</returns>
    public static string? Refute<TState>(IEnumerable<Happening> happenings, TState initial, Func<TState, Happening, TState?> next)
        where TState : struct
    {
        Happening[] all = [.. happenings.OrderBy(happening => happening.Invoked)];
        HashSet<(int First, BigInteger Done, TState State)> tried = [];
        var open = new Stack<(int First, BigInteger Done, TState State, int Count, Trail? Trail)>();
        open.Push((0, BigInteger.Zero, initial, 0, null));
        (int Count, TState State, Trail? Trail) longest = (0, initial, null);

        while (open.TryPop(out var at))
        {
            if (at.Count == all.Length)
                return null;
            if (!tried.Add((at.First, at.Done, at.State)))
                continue;
            if (at.Count >= longest.Count)
                longest = (at.Count, at.State, at.Trail);

            long earliestReturn = long.MaxValue;
            for (int i = at.First; i < all.Length && all[i].Invoked < earliestReturn; i++)
            {
                BigInteger bit = BigInteger.One << (i - at.First);
                if ((at.Done & bit) != 0)
                    continue;
                earliestReturn = Math.Min(earliestReturn, all[i].Returned);
                if (next(at.State, all[i]) is { } state)
                    open.Push(Advanced(at.First, at.Done | bit, state, at.Count + 1, new(all[i], at.Trail)));
            }
        }

        return $"after {Words(longest.Trail)} it is {longest.State}, and nothing that followed fits: "
            + string.Join("; ", all.Where(happening => !Trail.Has(longest.Trail, happening)).Take(5));
    }

    /// <summary>The done ones at the front are left behind.</summary>
    private static (int First, BigInteger Done, TState State, int Count, Trail? Trail) Advanced<TState>(
        int first, BigInteger done, TState state, int count, Trail trail)
    {
        for (; !done.IsEven; done >>= 1)
            first++;
        return (first, done, state, count, trail);
    }

    private static string Words(Trail? trail)
    {
        List<string> words = [];
        for (Trail? step = trail; step is not null && words.Count < 12; step = step.Before)
            words.Add(step.Happening.ToString());
        words.Reverse();
        return words.Count == 0 ? "nothing" : string.Join("; ", words);
    }

    private sealed record Trail(Happening Happening, Trail? Before)
    {
        public static bool Has(Trail? trail, Happening happening)
        {
            for (; trail is not null; trail = trail.Before)
            {
                if (ReferenceEquals(trail.Happening, happening))
                    return true;
            }

            return false;
        }
    }
}
