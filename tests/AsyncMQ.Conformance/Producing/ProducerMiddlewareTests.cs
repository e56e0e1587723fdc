using System.Collections.Concurrent;
using AsyncMQ.Conformance.Working;
using Microsoft.Extensions.DependencyInjection;

namespace AsyncMQ.Conformance.Producing;

/// <summary>What sees each job before it is added.</summary>
public abstract class ProducerMiddlewareTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task Every_way_to_add_goes_through_it()
    {
        await using AsyncMQHost mq = Store.Host(mq => mq.AddProducerMiddleware((job, queue) => Tagged(job, $"{queue}/{job.JobName}")));
        IJobQueue queue = mq.Queue();

        List<JobHandle> added =
        [
            await mq.Client.AddAsync("named"),
            await mq.Client.AddAsync(new Sum(1, 2)),
            await mq.Client.AddAsync(new Greet("Ann")),
            await queue.AddAsync("named"),
            await queue.AddAsync(new Sum(1, 2)),
            await queue.AddAsync(new Greet("Ann")),
            await queue.EnqueueAsync(JobPayload.FromJson("""{"task":"raw"}""")),
            .. await mq.Client.AddBulkAsync([JobSpec.Of("bulk"), JobSpec.Of(new Sum(1, 2))]),
            .. await mq.Client.AddFlowAsync(FlowOf("one", "two")) is { } flow ? flow.Jobs.Select(job => job!) : [],
            (await queue.UpsertRepeatableAsync("hourly", Schedule.Every(1.Hours()), JobSpec.Of("repeated"))) is not null ? (await queue.TriggerRepeatableAsync("hourly"))! : null!,
        ];
        await foreach (JobHandle streamed in queue.AddBulkAsync(Stream(JobSpec.Of("streamed"))))
            added.Add(streamed);

        string[] tags = await Task.WhenAll(added.Select(async job => string.Join(' ', (await mq.Get(job.Ref)).Tags)));
        Assert.Equal(
            [
                "default/named", "sums/sum", "default/greet", "default/named", "default/sum", "default/greet", "default/raw",
                "default/bulk", "sums/sum", "default/one", "default/two", "default/repeated", "default/streamed",
            ],
            tags);
    }

    [Fact]
    public async Task They_are_asked_in_the_order_of_registration_and_see_what_the_ones_before_made()
    {
        await using AsyncMQHost mq = Store.Host(mq => mq
            .AddProducerMiddleware((job, _) => Tagged(job, "first"))
            .AddProducerMiddleware(new Tagging("second"))
            .AddProducerMiddleware((job, _) => Tagged(job, $"after-{job.Options.Tags!.Count}")));

        JobHandle job = await mq.Client.AddAsync("work", null, new() { Tags = ["own"] });

        Assert.Equal(["own", "first", "second", "after-3"], (await mq.Get(job.Ref)).Tags);
    }

    [Fact]
    public async Task Headers_from_it_reach_the_handler()
    {
        var seen = new TaskCompletionSource<string>();
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddProducerMiddleware((job, _) => job with { Options = job.Options with { Headers = new Dictionary<string, string> { ["tenant"] = "seven" } } })
            .AddHandler("work", (context, _) =>
            {
                seen.SetResult(context.Headers["tenant"]);
                return Task.CompletedTask;
            })
            .AddWorker(DefaultQueue));

        await mq.Client.AddAsync("work");

        Assert.Equal("seven", await seen.Task.WaitAsync(Patience));
    }

    [Fact]
    public async Task A_type_is_made_once_and_may_ask_for_the_client()
    {
        var made = new ConcurrentQueue<IJobClient>();
        await using AsyncMQHost mq = Store.Host(mq =>
        {
            mq.Services.AddSingleton(made);
            mq.AddProducerMiddleware<Asking>();
        });
        Assert.Empty(made);

        await mq.Client.AddAsync("work");
        await mq.Client.AddAsync("work");

        Assert.Same(mq.Client, Assert.Single(made));
    }

    [Fact]
    public async Task It_may_send_a_job_elsewhere_or_add_another_in_its_place()
    {
        await using AsyncMQHost mq = Store.Host(mq => mq.AddProducerMiddleware((job, _) => job.JobName switch
        {
            "slow" => job with { Queue = "slow" },
            "old" => JobSpec.Of("new", job.Args, job.Options),
            _ => job,
        }));

        JobHandle slow = await mq.Client.AddAsync("slow", [1]), renamed = await mq.Client.AddAsync("old", [2]);

        Assert.Equal("slow", slow.Ref.Queue);
        Assert.Equal("slow", (await mq.Get(slow.Ref)).Name);
        JobInfo info = await mq.Get(renamed.Ref);
        Assert.Equal(("new", "[2]"), (info.Name, info.Args.Text()));
        await Assert.ThrowsAsync<ArgumentException>(() => mq.Queue().AddAsync("slow"));
    }

    [Fact]
    public async Task It_may_bring_deduplication_to_every_add()
    {
        await using AsyncMQHost mq = Store.Host(mq => mq.AddProducerMiddleware((job, _) => job with { Options = job.Options with { Deduplication = new(job.JobName) } }));

        JobHandle first = await mq.Client.AddAsync("work"), second = await mq.Client.AddAsync("work");

        Assert.Equal((AddOutcome.Deduplicated, first.Id), (second.Outcome, second.Id));
    }

    [Theory]
    [InlineData("one")]
    [InlineData("typed")]
    [InlineData("bulk")]
    [InlineData("stream")]
    [InlineData("flow")]
    [InlineData("raw")]
    [InlineData("repeatable")]
    [InlineData("local")]
    public async Task An_exception_refuses_the_add_whole(string way)
    {
        await using AsyncMQHost mq = Store.Host(mq => mq.AddProducerMiddleware((job, _) =>
            job.JobName is "bad" or "greet" ? throw new UnauthorizedAccessException("not for you") : job));
        IJobQueue queue = mq.Queue();

        UnauthorizedAccessException refused = await Assert.ThrowsAsync<UnauthorizedAccessException>(async () =>
        {
            switch (way)
            {
                case "one": await queue.AddAsync("bad"); break;
                case "typed": await queue.AddAsync(new Greet("Ann")); break;
                case "bulk": await queue.AddBulkAsync([JobSpec.Of("good"), JobSpec.Of("bad")]); break;
                case "stream": await queue.AddBulkAsync(Stream(JobSpec.Of("good"), JobSpec.Of("bad"))).GetAsyncEnumerator().MoveNextAsync(); break;
                case "flow": await mq.Client.AddFlowAsync(FlowOf("good", "bad")); break;
                case "raw": await queue.EnqueueAsync(JobPayload.FromJson("""{"task":"bad"}""")); break;
                case "repeatable": await queue.UpsertRepeatableAsync("r", Schedule.Every(1.Hours()), JobSpec.Of("bad")); break;
                default: queue.AddLocalRepeatable("r", Schedule.Every(1.Hours()), JobSpec.Of("bad")); break;
            }
        });

        Assert.Equal("not for you", refused.Message);
        Assert.Equal(0, await queue.GetJobCountAsync());
        Assert.Empty(await queue.GetRepeatablesAsync());
        Assert.Empty((await mq.Client.GetFlowsAsync()).Flows);
    }

    [Fact]
    public async Task One_that_returns_null_is_told_so()
    {
        await using AsyncMQHost mq = Store.Host(mq => mq.AddProducerMiddleware((_, _) => null!));

        InvalidOperationException wrong = await Assert.ThrowsAsync<InvalidOperationException>(() => mq.Client.AddAsync("work"));

        Assert.Contains("returned null instead of a job. To refuse an add, throw", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_it_makes_is_checked_like_what_a_user_says()
    {
        await using AsyncMQHost mq = Store.Host(mq => mq.AddProducerMiddleware((job, _) => job with { Options = job.Options with { Delay = 1.Hours(), TimeToLive = 1.Seconds() } }));

        ArgumentException wrong = await Assert.ThrowsAsync<ArgumentException>(() => mq.Client.AddAsync("work"));

        Assert.Contains("must be longer than Delay", wrong.Message, StringComparison.Ordinal);
        Assert.Equal(0, await mq.Queue().GetJobCountAsync());
    }

    private static JobSpec Tagged(JobSpec job, string tag) => job with { Options = job.Options with { Tags = [.. job.Options.Tags ?? [], tag] } };

    private static Flow FlowOf(params string[] names)
    {
        var flow = new Flow("flow");
        foreach (string name in names)
            flow.Add(name);
        return flow;
    }

    private static async IAsyncEnumerable<JobSpec> Stream(params JobSpec[] jobs)
    {
        foreach (JobSpec job in jobs)
        {
            await Task.Yield();
            yield return job;
        }
    }

    public sealed class Tagging(string tag) : IProducerMiddleware
    {
        public JobSpec OnAdding(JobSpec job, string queue) => Tagged(job, tag);
    }

    public sealed class Asking : IProducerMiddleware
    {
        public Asking(IJobClient client, ConcurrentQueue<IJobClient> made) => made.Enqueue(client);

        public JobSpec OnAdding(JobSpec job, string queue) => job;
    }
}
