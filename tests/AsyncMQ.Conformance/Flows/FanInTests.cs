using System.Diagnostics;
using System.Globalization;
using AsyncMQ.Conformance.Working;

namespace AsyncMQ.Conformance.Flows;

/// <summary>
/// Five hundred jobs that end at once on eight workers release the one that waits for them exactly once, and it sees them all. Source: F-12, where 8 parents
/// at once lost a child in 3 of 15 flows.
/// </summary>
/// <remarks><c>ASYNCMQ_SOAK_MINUTES</c> goes on for so long.</remarks>
public abstract class FanInTests(IStoreFixture fixture, int rounds = 20) : ConformanceTests(fixture)
{
    private const int Parts = 500;
    private const int Workers = 8;

    [Fact]
    [Trait("reference", "F-12")]
    public async Task A_fan_in_of_five_hundred_on_eight_workers_is_released_once()
    {
        int merges = 0;
        var hosts = new List<AsyncMQHost>();
        for (int i = 0; i < Workers; i++)
        {
            hosts.Add(await Store.Start(mq => mq
                .AddHandler("part", (context, _) => Task.FromResult(context.Args[0].GetInt32()))
                .AddHandler("merge", async (context, token) =>
                {
                    Interlocked.Increment(ref merges);
                    return (await context.GetDependenciesAsync(token)).Select(result => result.Get<int>()).Sum();
                })
                .AddSleepyWorker(concurrency: 8)));
        }

        TimeSpan? soak = int.TryParse(Environment.GetEnvironmentVariable("ASYNCMQ_SOAK_MINUTES"), CultureInfo.InvariantCulture, out int minutes)
            ? TimeSpan.FromMinutes(minutes)
            : null;
        long started = Stopwatch.GetTimestamp();
        for (int round = 1; soak is null ? round <= rounds : Stopwatch.GetElapsedTime(started) < soak; round++)
        {
            var flow = new Flow($"round-{round}");
            FlowNode merge = flow.FanIn(JobSpec.Of("merge"), flow.FanOut([.. Enumerable.Range(1, Parts).Select(i => JobSpec.Of("part", [i]))]));
            FlowHandle added = await hosts[round % Workers].Client.AddFlowAsync(flow);

            JobResult result = await added[merge].Ends();

            Assert.Equal(Parts * (Parts + 1) / 2, result.Get<int>());
            Assert.Equal(round, merges);
            FlowInfo info = (await hosts[0].Client.GetFlowAsync(flow.Id))!;
            Assert.Equal((true, Parts + 1), (info.IsEnded, info[JobState.Completed]));
            Assert.Equal(Parts + 1, await hosts[0].Client.RemoveFlowAsync(flow.Id));
        }

        foreach (AsyncMQHost host in hosts)
            await host.DisposeAsync();
    }
}
