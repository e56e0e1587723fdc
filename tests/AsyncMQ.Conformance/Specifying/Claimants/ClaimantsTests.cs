using AsyncMQ.Conformance.Specifying;
using CsCheck;

namespace AsyncMQ.Conformance;

/// <summary>A store deals with two jobs and one deduplication id as specified, in every combination of flags. Invariant 5.</summary>
/// <param name="fixture">Where the stores come from.</param>
/// <param name="everyTransition">True: every transition of every mode. False: random walks in which two modes meet.</param>
/// <param name="walks">How many walks are taken with each mode.</param>
public abstract class ClaimantsTests(IStoreFixture fixture, bool everyTransition = false, int walks = 8) : ConformanceTests(fixture)
{
    [Fact]
    public async Task Every_transition_of_two_jobs_with_one_deduplication_id_is_made_as_specified()
    {
        Assert.SkipUnless(everyTransition, "On this store a sample of walks is taken.");
        foreach (Mode mode in Mode.All)
        {
            IReadOnlyList<ClaimantsAction> actions = ClaimantsAction.All(mode);
            StateGraph<Claimants> graph = ClaimantsAction.Graph(actions);
            long made = await EveryTransition.DriveAsync(
                graph,
                [.. actions.Select(action => action.Name)],
                (state, action) => actions[action].IsEnabled(state) ? actions[action].Next(state) : null,
                () => ClaimantsOnStore.BeginAsync(Fixture),
                (store, action) => actions[action].Do(store),
                (store, action, expected) => store.Follow(actions[action], expected),
                Cancellation);
            TestContext.Current.TestOutputHelper?.WriteLine($"{mode}: {graph.States.Count} states, {made} transitions.");
        }
    }

    [Fact]
    public async Task Random_walks_of_two_modes_on_one_id_go_as_specified()
    {
        ClaimantsOnStore? last = null;
        try
        {
            foreach (Mode mode in Mode.All.Where(mode => mode != default))
            {
                IReadOnlyList<ClaimantsAction> actions = ClaimantsAction.All(default, mode);
                Check.Conform<Claimants, ClaimantsOnStore>(
                    ClaimantsSpecification.Of([], default, mode), Begin, Follow, minSteps: 10, maxSteps: 40, iter: LifeCycleTests.Walks(walks), threads: 1);

                string? Follow(ClaimantsOnStore store, Transition<Claimants> step) =>
                    store.Follow(actions[step.ActionIndex], step.After).GetAwaiter().GetResult();
            }
        }
        finally
        {
            if (last is not null)
                await last.DisposeAsync();
        }

        // One walk after the other: where one begins, the one before has ended.
        ClaimantsOnStore Begin()
        {
            last?.DisposeAsync().AsTask().GetAwaiter().GetResult();
            return last = ClaimantsOnStore.BeginAsync(Fixture).GetAwaiter().GetResult();
        }
    }
}
