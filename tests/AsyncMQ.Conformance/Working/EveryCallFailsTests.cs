using System.Collections.Concurrent;
using AsyncMQ.Conformance.Driving;

namespace AsyncMQ.Conformance.Working;

/// <summary>
/// A full life of jobs through the real client and worker (added, bulked, suppressed, claimed, reported, retried, put by hand, paused, cancelled,
/// recovered, waited for, repeated, drained), once for each call to the store, which then fails: before it takes effect, and after. Nothing is lost,
/// nothing runs twice, and nobody but a reader notices. Survey F-08, F-10.
/// </summary>
/// <param name="fixture">Where the stores come from.</param>
/// <param name="atOnce">How many lives are led at the same time: as many as the store can be without any of them growing late.</param>
public abstract class EveryCallFailsTests(IStoreFixture fixture, int atOnce = 24) : ConformanceTests(fixture)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whichever_call_fails_nothing_is_lost_and_nothing_runs_twice(bool takesEffect)
    {
        IReadOnlyDictionary<string, int> calls = (await LiveAsync("", 0, takesEffect)).Calls;
        (string Kind, int At)[] all = [.. calls.SelectMany(kind => Enumerable.Range(1, kind.Value).Select(at => (kind.Key, at)))];

        var failed = new ConcurrentBag<string>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = Cancellation };
        await Parallel.ForEachAsync(all, options, async (call, _) =>
        {
            if ((await LiveAsync(call.Kind, call.At, takesEffect)).HasFailed)
                failed.Add(call.Kind);
        });

        // Beats and polls come as time passes, so some lives have fewer than the first; but each kind failed, and nearly each call.
        IEnumerable<string> kinds = failed.GroupBy(kind => kind).OrderBy(kind => kind.Key).Select(kind => $"{kind.Key} {kind.Count()}");
        TestContext.Current.TestOutputHelper?.WriteLine($"{failed.Count} of {all.Length} calls failed: {string.Join(", ", kinds)}");
        Assert.Empty(calls.Keys.Except(failed));
        Assert.True(failed.Count >= all.Length * 3 / 4);
    }

    private async Task<FailsAtCall> LiveAsync(string kind, int at, bool takesEffect)
    {
        await using IJobStore store = await Fixture.CreateAsync();
        var failing = new FailsAtCall(store, kind, at, takesEffect);
        var life = new FullLife(await StoreDriver.OpenAsync(store), failing);
        try
        {
            await life.LiveAsync().WaitAsync(2 * Patience, Cancellation);
            Assert.Empty(await store.AuditAsync(Cancellation));
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            throw new InvalidOperationException(
                $"When {kind} {at} failed {(takesEffect ? "after" : "before")} its effect: {failure.Message}", failure);
        }

        return failing;
    }
}
