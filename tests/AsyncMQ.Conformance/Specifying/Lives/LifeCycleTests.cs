using AsyncMQ.Conformance.Specifying;
using CsCheck;

namespace AsyncMQ.Conformance;

/// <summary>
/// A store lives the specified life cycle: driven along the specification, it answers and holds after each step what the specification says.
/// </summary>
/// <param name="fixture">Where the stores come from.</param>
/// <param name="everyTransition">
/// True: every transition of the closed graph of states, behind a shortest way to it. False: random walks within wider bounds.
/// </param>
/// <param name="walks">How many random walks are taken.</param>
/// <remarks><c>ASYNCMQ_WALKS</c> sets another number of walks; <c>CsCheck_Seed</c> runs one again.</remarks>
public abstract class LifeCycleTests(IStoreFixture fixture, bool everyTransition = false, int walks = 60) : ConformanceTests(fixture)
{
    private static ITestOutputHelper? Output => TestContext.Current.TestOutputHelper;

    [Fact]
    public async Task Every_transition_of_a_life_is_made_as_specified()
    {
        Assert.SkipUnless(everyTransition, "On this store a sample of walks is taken.");
        await DriveAll(new(Attempts: 2, Stalls: 1, Adds: 2, ManualRetries: 0, Refunds: 0));
        await DriveAll(new(Attempts: 1, Stalls: 0, Adds: 1, ManualRetries: 1, Refunds: 1));
    }

    [Fact]
    public async Task Random_walks_through_a_life_go_as_specified()
    {
        IReadOnlyList<LifeAction> actions = LifeAction.All(new());
        LivedOnStore? last = null;
        try
        {
            Output?.WriteLine(Check.Conform<Life, LivedOnStore>(
                LifeSpecification.Behaviour(actions), Begin, Follow, minSteps: 10, maxSteps: 40, iter: Walks(walks), threads: 1).ToString());
        }
        finally
        {
            if (last is not null)
                await last.DisposeAsync();
        }

        // One walk after the other: where one begins, the one before has ended.
        LivedOnStore Begin()
        {
            last?.DisposeAsync().AsTask().GetAwaiter().GetResult();
            return last = LivedOnStore.BeginAsync(Fixture).GetAwaiter().GetResult();
        }

        string? Follow(LivedOnStore store, Transition<Life> step) => store.Follow(actions[step.ActionIndex], step.After).GetAwaiter().GetResult();
    }

    internal static int Walks(int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable("ASYNCMQ_WALKS"), out int number) ? number : otherwise;

    private async Task DriveAll(Bounds bounds)
    {
        IReadOnlyList<LifeAction> actions = LifeAction.All(bounds);
        StateGraph<Life> graph = LifeAction.Graph(actions);
        long made = await EveryTransition.DriveAsync(
            graph,
            [.. actions.Select(action => action.Name)],
            (life, action) => actions[action].IsEnabled(life) ? actions[action].Next(life) : null,
            () => LivedOnStore.BeginAsync(Fixture),
            (store, action) => actions[action].Do(store),
            (store, action, expected) => store.Follow(actions[action], expected),
            Cancellation);
        Output?.WriteLine($"{bounds}: {graph.States.Count} states, {made} transitions.");
    }
}
