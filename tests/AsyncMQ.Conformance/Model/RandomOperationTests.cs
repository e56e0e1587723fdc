using System.Diagnostics;
using System.Globalization;
using System.Text;
using AsyncMQ.Conformance.Model;

namespace AsyncMQ.Conformance;

/// <summary>
/// Random sequences of operations, done to the store and to a sequential model of the contract, which must agree on everything after each. All stores
/// run the same seeds against the same model, so any difference between two stores is a failure too.
/// </summary>
/// <remarks>
/// <c>ASYNCMQ_SEED</c> runs that one sequence only; <c>ASYNCMQ_SEQUENCES</c> sets how many are run, <c>ASYNCMQ_FIRST_SEED</c> from which on.
/// <c>ASYNCMQ_SOAK_MINUTES</c> goes on for so long instead. A failing sequence is cut down to what it needs before it is told.
/// </remarks>
public abstract class RandomOperationTests(IStoreFixture fixture, int sequences = 300) : ConformanceTests(fixture)
{
    private const int LongestSequence = 60;
    private const int MostTries = 300;
    private const int MostSlowTries = 5;

    [Fact]
    public async Task Random_operations_agree_with_the_sequential_model()
    {
        int first = Number("ASYNCMQ_SEED") ?? Number("ASYNCMQ_FIRST_SEED") ?? 1;
        int count = Number("ASYNCMQ_SEED") is null ? Number("ASYNCMQ_SEQUENCES") ?? sequences : 1;
        TimeSpan? soak = Number("ASYNCMQ_SOAK_MINUTES") is { } minutes ? TimeSpan.FromMinutes(minutes) : null;
        long started = Stopwatch.GetTimestamp();
        for (int seed = first; soak is null ? seed < first + count : Stopwatch.GetElapsedTime(started) < soak; seed++)
        {
            Cancellation.ThrowIfCancellationRequested();
            var random = new Random(seed);
            int[] operations = [.. Enumerable.Range(0, random.Next(10, LongestSequence + 1)).Select(_ => random.Next())];
            if (await RunAsync(operations) is { } failure)
                Assert.Fail(await ExplainAsync(seed, operations, failure));
        }
    }

    /// <summary>Runs one sequence on a fresh store; again when it failed while the machine stood still for so long that its times show nothing.</summary>
    private async Task<Failure?> RunAsync(IReadOnlyList<int> operations)
    {
        for (int tries = 1; ; tries++)
        {
            Failure? failure = await RunOnceAsync(operations);
            if (failure is not { WasSlow: true } || tries == MostSlowTries)
                return failure;
        }
    }

    private async Task<Failure?> RunOnceAsync(IReadOnlyList<int> operations)
    {
        await using World world = await World.OpenAsync(Fixture);
        try
        {
            foreach (int operation in operations)
                await Operations.RunAsync(world, operation);
            World.Same("", string.Join("; ", await world.Store.AuditAsync(default)), "audit");
            return null;
        }
        catch (Exception failure)
        {
            return new(failure is DifferenceException ? failure.Message : failure.ToString(), world.Trace, world.WasSlow);
        }
    }

    /// <summary>Leaves out operations one by one as long as the sequence still fails.</summary>
    private async Task<string> ExplainAsync(int seed, int[] operations, Failure failure)
    {
        List<int> needed = [.. operations.Take(failure.Trace.Count)];
        int tries = 0;
        for (bool shorter = true; shorter && tries < MostTries;)
        {
            shorter = false;
            for (int i = needed.Count - 1; i >= 0 && tries < MostTries; i--, tries++)
            {
                List<int> without = [.. needed.Where((_, place) => place != i)];
                if (await RunAsync(without) is not { } still)
                    continue;
                (needed, failure, shorter) = (without, still, true);
            }
        }

        var words = new StringBuilder();
        words.AppendLine(CultureInfo.InvariantCulture, $"{failure.Message}");
        words.AppendLine(CultureInfo.InvariantCulture, $"ASYNCMQ_SEED={seed} runs it again; cut down to:");
        foreach (string line in failure.Trace)
            words.AppendLine(CultureInfo.InvariantCulture, $"  {line}");
        return words.ToString();
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out int number) ? number : null;

    private sealed record Failure(string Message, IReadOnlyList<string> Trace, bool WasSlow);
}
