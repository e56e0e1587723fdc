namespace AsyncMQ.Conformance.Specifying;

/// <summary>Drives an implementation along every transition of a graph of states, each behind a shortest way to the state that it leaves.</summary>
internal static class EveryTransition
{
    /// <summary>
    /// For every state: one implementation brought there makes all the transitions that leave the state as it is; for each of the others one is brought
    /// there anew.
    /// </summary>
    /// <returns>How many transitions were made.</returns>
    public static async Task<long> DriveAsync<TState, TDriven>(
        StateGraph<TState> graph,
        IReadOnlyList<string> actions,
        Func<TState, int, TState?> next,
        Func<Task<TDriven>> begin,
        Func<TDriven, int, Task> perform,
        Func<TDriven, int, TState, Task<string?>> follow,
        CancellationToken cancellationToken)
        where TState : struct
        where TDriven : class, IAsyncDisposable
    {
        long made = 0;
        await Parallel.ForAsync(0, graph.States.Count, cancellationToken, async (place, _) =>
        {
            TState state = graph.States[place];
            TDriven? here = null;
            var leaving = Enumerable.Range(0, actions.Count).Select(action => (Action: action, Next: next(state, action)))
                .Where(step => step.Next is not null).OrderBy(step => !step.Next!.Value.Equals(state));
            foreach ((int action, TState? reached) in leaving)
            {
                here ??= await Bring(place);
                string? difference = await follow(here, action, reached!.Value);
                if (difference is not null)
                    Assert.Fail($"After {Words(place)} the step '{actions[action]}' {difference}.");
                Interlocked.Increment(ref made);
                if (reached.Value.Equals(state))
                    continue;
                await here.DisposeAsync();
                here = null;
            }

            if (here is not null)
                await here.DisposeAsync();
        });

        Assert.Equal(graph.Transitions, made);
        return made;

        async Task<TDriven> Bring(int place)
        {
            TDriven driven = await begin();
            foreach (int step in graph.WayTo(place))
                await perform(driven, step);
            return driven;
        }

        string Words(int place) => string.Join(", ", graph.WayTo(place).Select(step => $"'{actions[step]}'").DefaultIfEmpty("nothing"));
    }
}
