using System.Diagnostics;
using System.Globalization;
using AsyncMQ.Conformance.Linking;

namespace AsyncMQ.Conformance;

/// <summary>
/// Random DAGs over three queues, with random policies, delays, failures, cancellations and removals, worked by several workers at once, some of which die.
/// In the end everything has ended or waits for a stated reason, as the DAG and the outcomes have it, and nothing began too early.
/// </summary>
/// <param name="fixture">Where the stores come from.</param>
/// <param name="rounds">How many DAGs, each on a store of its own, with the next seed.</param>
/// <remarks><c>ASYNCMQ_SEED</c> runs that one only; <c>ASYNCMQ_SOAK_MINUTES</c> goes on from it for so long. A seed repeats the DAG and the callers' choices,
/// not the moments at which threads meet.</remarks>
public abstract class RandomDagTests(IStoreFixture fixture, int rounds = 150) : ConformanceTests(fixture)
{
    private static readonly string[] Meetings = ["Cancelled", "Completed", "Failed", "Promote", "Remove", "Stall", "WaitingChildren"];

    [Fact]
    public async Task Random_dags_end_as_their_outcomes_say()
    {
        int first = Number("ASYNCMQ_SEED") ?? Number("ASYNCMQ_FIRST_SEED") ?? Environment.TickCount & 0xFFFFFF;
        int count = Number("ASYNCMQ_SEED") is null ? rounds : 1;
        TimeSpan? soak = Number("ASYNCMQ_SOAK_MINUTES") is { } minutes ? TimeSpan.FromMinutes(minutes) : null;
        long started = Stopwatch.GetTimestamp();
        int seed = first;
        SortedDictionary<string, int> met = [];
        for (; soak is null ? seed < first + count || LacksOne() : Stopwatch.GetElapsedTime(started) < soak; seed++)
        {
            Cancellation.ThrowIfCancellationRequested();
            try
            {
                await RunAsync(seed, met);
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"With ASYNCMQ_SEED={seed}: {failure.Message}", failure);
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{seed - first} DAGs from seed {first} in {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s: {string.Join(", ", met.Select(kind => $"{kind.Value} {kind.Key}"))}.");

        if (count > 1)
            Assert.Empty(Unmet());

        // DAGs in which nothing met prove nothing, and a few of them may be without the rarest: then more are drawn.
        bool LacksOne() => count > 1 && seed < first + (20 * count) && Unmet().Any();
        IEnumerable<string> Unmet() => Meetings.Except(met.Keys);
    }

    private async Task RunAsync(int seed, SortedDictionary<string, int> met)
    {
        await using IJobStore store = await Fixture.CreateAsync();
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        var dag = new RandomDag(seed);
        var log = new DagLog();

        await DagCallers.RunAsync(driver, dag, log, seed).WaitAsync(Patience, Cancellation);

        IReadOnlyList<JobRecord?> records = await store.FindAsync([.. dag.Nodes.Select(node => node.Ref)], JobParts.All, Cancellation);
        Assert.Empty(DagCheck.Of(dag, log, records));
        Assert.Empty(await store.AuditAsync(Cancellation));
        JobRecord[] there = [.. records.OfType<JobRecord>()];
        if (dag.IsFlow)
        {
            FlowRecord? flow = await store.FindFlowAsync("dag", Cancellation);
            Assert.Equal(
                (there.Length, there.Count(job => !job.State.IsFinal()), there.Count(job => job.State == JobState.Completed)),
                ((int)flow!.Jobs, (int)flow.Unended, (int)flow.Completed));
        }

        IEnumerable<string> acts = dag.Nodes.SelectMany(node => log.Of(node.Ref)).Where(act => act is DagAct.Promote or DagAct.Remove).Select(act => $"{act}");
        foreach (string kind in there.Select(job => $"{job.State}").Concat(acts).Concat(there.Where(job => job.Stalls > 0).Select(_ => "Stall")))
            met[kind] = met.GetValueOrDefault(kind) + 1;
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out int number) ? number : null;
}
