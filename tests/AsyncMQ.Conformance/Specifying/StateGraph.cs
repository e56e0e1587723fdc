namespace AsyncMQ.Conformance.Specifying;

/// <summary>Every state that can be reached, found breadth first, with a shortest way to each.</summary>
/// <typeparam name="TState">A state; two that go on alike are equal.</typeparam>
internal sealed class StateGraph<TState>
    where TState : struct
{
    private readonly List<TState> states;
    private readonly Dictionary<TState, int> places;
    private readonly List<(int From, int Action)> ways = [(-1, -1)];
    private readonly List<List<int>> ledToBy = [[]];

    /// <param name="initial">Where every way begins.</param>
    /// <param name="next">What each action, by number, leads to from a state; null: it cannot happen there.</param>
    /// <param name="actions">How many actions there are.</param>
    public StateGraph(TState initial, Func<TState, int, TState?> next, int actions)
    {
        (states, places) = ([initial], new() { [initial] = 0 });
        for (int from = 0; from < states.Count; from++)
        {
            for (int action = 0; action < actions; action++)
            {
                if (next(states[from], action) is not { } reached)
                    continue;
                Transitions++;
                if (!places.TryGetValue(reached, out int place))
                {
                    places.Add(reached, place = states.Count);
                    states.Add(reached);
                    ways.Add((from, action));
                    ledToBy.Add([]);
                }

                ledToBy[place].Add(from);
            }
        }
    }

    public IReadOnlyList<TState> States => states;

    public long Transitions { get; private set; }

    /// <summary>The actions of a shortest way to a state.</summary>
    public IReadOnlyList<int> WayTo(int state)
    {
        List<int> way = [];
        for (; ways[state].From >= 0; state = ways[state].From)
            way.Add(ways[state].Action);
        way.Reverse();
        return way;
    }

    /// <summary>The states from which nothing ever leads to such a state.</summary>
    public IReadOnlyList<TState> WithoutWayTo(Func<TState, bool> isGoal)
    {
        var canReach = new bool[states.Count];
        var open = new Stack<int>();
        for (int state = 0; state < states.Count; state++)
            Reach(state, isGoal(states[state]));
        while (open.TryPop(out int reached))
        {
            foreach (int from in ledToBy[reached])
                Reach(from, true);
        }

        return [.. states.Where((_, state) => !canReach[state])];

        void Reach(int state, bool reaches)
        {
            if (!reaches || canReach[state])
                return;
            canReach[state] = true;
            open.Push(state);
        }
    }
}
