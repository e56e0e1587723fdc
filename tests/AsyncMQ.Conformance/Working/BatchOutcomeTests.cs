using Microsoft.Extensions.DependencyInjection;
using static AsyncMQ.Conformance.Working.BatchSettings;

namespace AsyncMQ.Conformance.Working;

/// <summary>What a batch handler says of each of its jobs, and what becomes of the others.</summary>
public abstract class BatchOutcomeTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    private static readonly string[] Roles = ["done", "failed", "retried", "hopeless", "back", "thrown-back", "unsaid"];

    [Fact]
    public async Task Each_job_ends_as_the_handler_says()
    {
        await using AsyncMQHost mq = Store.Host(mq => mq
            .AddBatchHandler<string>("work", Decide, Full(Roles.Length))
            .AddWorker(DefaultQueue));
        foreach (string role in Roles)
            await mq.Client.AddAsync("work", null, new() { JobId = role, Retries = role is "retried" or "hopeless" ? 3 : 0, Backoff = Backoff.Fixed(1.Hours()) });

        await mq.StartAsync();

        // In one look: between two, a job that waits may be claimed.
        await Clients.Until(async () => (await Store.Counts()).ByState is var counts && counts[(int)JobState.Active] + counts[(int)JobState.Waiting] == 0);

        Assert.Equal("well", (await mq.Queue().GetJobResultAsync("done"))!.Get<string>());
        await Is("failed", JobState.Failed, 1, "no");
        await Is("retried", JobState.Delayed, 1, "perhaps later");
        await Is("hopeless", JobState.Failed, 1, "never");
        await Is("back", JobState.Delayed, 0, "not now");
        await Is("thrown-back", JobState.Delayed, 0, "nor now");
        await Is("unsaid", JobState.Failed, 1, "The batch handler of 'work' returned without saying what became of this job");

        async Task Is(string id, JobState state, int attempts, string says)
        {
            JobInfo job = await mq.Get(new(DefaultQueue, id));
            Assert.Equal((id, state, attempts), (id, job.State, job.Attempt));
            Assert.Contains(says, job.Attempts[^1].Error!.Message, StringComparison.Ordinal);
        }
    }

    private static Task Decide(JobBatch<JobArgs, string> batch, CancellationToken cancellationToken)
    {
        foreach (BatchItem<JobArgs, string> item in batch)
        {
            switch (item.Context.Id)
            {
                case "done": item.Complete("well"); break;
                case "failed": item.Fail(new InvalidOperationException("no")); break;
                case "retried": item.Fail(new InvalidOperationException("perhaps later")); break;
                case "hopeless": item.Fail(new UnrecoverableJobException("never")); break;
                case "back": item.PutBack(1.Hours(), "not now"); break;
                case "thrown-back": item.Fail(new RetryJobException(1.Hours(), "nor now")); break;
            }
        }

        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_job_of_a_batch_may_hold_back_its_key_and_loses_no_attempt()
    {
        await using AsyncMQHost mq = Store.Host(mq => mq
            .AddBatchHandler(
                "work",
                (batch, _) =>
                {
                    batch.Single(item => item.Context.Id == "limited").Fail(new RateLimitedException(1.Hours()));
                    batch.CompleteRest();
                    return Task.CompletedTask;
                },
                Full(2))
            .AddWorker(DefaultQueue));
        await mq.Queue().AddBulkAsync([JobSpec.Of("work", null, new() { JobId = "limited", Key = "k" }), JobSpec.Of("work", null, new() { JobId = "other", Key = "l" })]);

        await mq.StartAsync();
        await Store.Until(1, JobState.Completed);
        await Store.Until(new(DefaultQueue, "limited"), JobState.Waiting);

        Assert.NotNull((await Store.GetKey("k")).HeldUntil);
        Assert.Null(await Store.FindKey("l"));
        Assert.Equal(0, (await Store.Get("limited")).Attempt);
    }

    [Fact]
    public async Task A_handler_that_throws_fails_the_jobs_of_which_it_had_said_nothing()
    {
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddBatchHandler("work", (batch, _) =>
            {
                batch.Single(item => item.Context.Id == "job-0").Complete();
                batch.Single(item => item.Context.Id == "job-1").Fail(new InvalidOperationException("its own"));
                throw new IOException("the connection broke");
            }, Full(4))
            .AddWorker(DefaultQueue));

        IReadOnlyList<JobHandle> jobs = await mq.AddMany(4);

        await jobs[0].Ends();
        Assert.Equal("its own", (await jobs[1].EndsOtherwise()).Error!.Message);
        foreach (JobHandle job in jobs.Skip(2))
            Assert.Equal(("System.IO.IOException", "the connection broke"), (await job.EndsOtherwise()).Error is { } error ? (error.Type, error.Message) : default);
    }

    [Fact]
    public async Task A_job_that_failed_in_a_batch_runs_again_in_another()
    {
        var ran = new BatchLog();
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddBatchHandler("work", (batch, _) =>
            {
                ran.Note(batch);
                if (batch[0].Context.Attempt == 1)
                    throw new InvalidOperationException("at first");
                batch.CompleteRest();
                return Task.CompletedTask;
            }, Full(3, batch => (batch.Retries, batch.Backoff) = (1, Backoff.None)))
            .AddWorker(DefaultQueue));

        foreach (JobHandle job in await mq.AddMany(3))
            await job.Ends();

        Assert.Equal([["job-0", "job-1", "job-2"], ["job-0", "job-1", "job-2"]], ran.All);
    }

    [Fact]
    public async Task A_payload_that_cannot_be_read_fails_alone()
    {
        var greeted = new Greeted();
        await using AsyncMQHost mq = Store.Host(mq =>
        {
            mq.Services.AddSingleton(greeted);
            mq.AddBatchHandler<Greet, GreetBatch>(Full(2)).AddWorker(DefaultQueue);
        });
        JobHandle ann = await mq.Client.AddAsync(new Greet("Ann"));
        JobHandle bad = await mq.Client.AddAsync("greet", JobArgs.FromJson("""{"name":[]}"""));
        JobHandle bob = await mq.Client.AddAsync(new Greet("Bob"));

        await mq.StartAsync();

        Assert.Contains("cannot be read as Greet", (await bad.EndsOtherwise()).Error!.Message, StringComparison.Ordinal);
        await ann.Ends();
        await bob.Ends();
        Assert.Equal(["Ann", "Bob"], greeted.Names.Order());
    }

    [Fact]
    public async Task A_result_that_is_too_large_or_cannot_be_written_fails_its_job_alone()
    {
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .Configure(options => options.MaxPayloadBytes = 2_048)
            .AddBatchHandler<object>("work", (batch, _) =>
            {
                foreach (BatchItem<JobArgs, object> item in batch)
                    item.Complete(item.Job[0].GetInt32() switch { 0 => new string('x', 2_048), 1 => new MemoryStream(), _ => "fits" });
                return Task.CompletedTask;
            }, Full(3))
            .AddWorker(DefaultQueue));

        IReadOnlyList<JobHandle> jobs = await mq.AddMany(3);

        Assert.Equal(typeof(PayloadTooLargeException).FullName, (await jobs[0].EndsOtherwise()).Error!.Type);
        Assert.Contains("cannot be written as JSON", (await jobs[1].EndsOtherwise()).Error!.Message, StringComparison.Ordinal);
        Assert.Equal("fits", (await jobs[2].Ends()).Get<string>());
    }

    [Fact]
    public async Task Typed_jobs_with_results_each_get_their_own()
    {
        await using AsyncMQHost mq = await Store.Start(mq => mq.AddBatchHandler<Sum, int, SumBatch>(Full(5)).AddWorker("sums"));

        JobHandle<int>[] jobs = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => mq.Client.AddAsync(new Sum(i, 100))));

        for (int i = 0; i < 5; i++)
            Assert.Equal(100 + i, await jobs[i].WaitAsync().WaitAsync(Patience));
    }

    [Fact]
    public async Task A_job_is_decided_once_and_not_after_the_batch_has_ended()
    {
        BatchItem<JobArgs>? kept = null;
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddBatchHandler("work", (batch, _) =>
            {
                kept = batch.Single(item => item.Context.Id == "job-1");
                BatchItem<JobArgs> item = batch.Single(item => item.Context.Id == "job-0");
                item.Complete();
                Assert.Equal(BatchDecision.Completed, item.Decision);
                Assert.Contains("default/job-0", Assert.Throws<InvalidOperationException>(item.Complete).Message, StringComparison.Ordinal);
                Assert.Throws<InvalidOperationException>(() => item.Fail(new IOException()));
                Assert.Throws<InvalidOperationException>(() => item.PutBack());
                return Task.CompletedTask;
            }, Full(2))
            .AddWorker(DefaultQueue));

        IReadOnlyList<JobHandle> jobs = await mq.AddMany(2);
        await jobs[0].Ends();
        await jobs[1].EndsOtherwise();

        Assert.Throws<InvalidOperationException>(kept!.Complete);
        Assert.Equal(BatchDecision.Failed, kept.Decision);
    }

    [Fact]
    public async Task A_batch_has_one_scope_which_is_disposed_before_its_jobs_complete()
    {
        var made = new List<Scoped>();
        bool wasDisposed = true;
        await using AsyncMQHost mq = await Store.Start(mq =>
        {
            mq.Services.AddScoped(_ =>
            {
                var scoped = new Scoped(async () => wasDisposed &= await Store.Count(JobState.Completed) == 0);
                made.Add(scoped);
                return scoped;
            });
            mq.AddBatchHandler("work", (batch, _) =>
            {
                Assert.Single(batch.Select(item => item.Context.Services.GetRequiredService<Scoped>()).Distinct());
                batch.CompleteRest();
                return Task.CompletedTask;
            }, Full(3));
            mq.AddWorker(DefaultQueue);
        });

        foreach (JobHandle job in await mq.AddMany(3))
            await job.Ends();

        Assert.True(Assert.Single(made).IsDisposed);
        Assert.True(wasDisposed);
    }

    [Fact]
    public async Task A_scope_that_cannot_be_disposed_fails_what_was_done_in_it()
    {
        await using AsyncMQHost mq = await Store.Start(mq =>
        {
            mq.Services.AddScoped(_ => new Scoped(() => throw new IOException("the commit failed")));
            mq.AddBatchHandler("work", (batch, _) =>
            {
                batch[0].Context.Services.GetRequiredService<Scoped>();
                batch.Single(item => item.Context.Id == "job-0").Fail(new InvalidOperationException("its own"));
                batch.CompleteRest();
                return Task.CompletedTask;
            }, Full(2));
            mq.AddWorker(DefaultQueue);
        });

        IReadOnlyList<JobHandle> jobs = await mq.AddMany(2);

        Assert.Equal("its own", (await jobs[0].EndsOtherwise()).Error!.Message);
        Assert.Equal("the commit failed", (await jobs[1].EndsOtherwise()).Error!.Message);
    }

    [Fact]
    public async Task A_handler_that_returns_no_task_fails_its_jobs()
    {
        await using AsyncMQHost mq = await Store.Start(mq => mq.AddBatchHandler("work", (_, _) => null!, Full(2)).AddWorker(DefaultQueue));

        foreach (JobHandle job in await mq.AddMany(2))
            Assert.Contains("null where a task belongs", (await job.EndsOtherwise()).Error!.Message, StringComparison.Ordinal);
    }

    private sealed class Scoped(Func<Task> onDispose) : IAsyncDisposable
    {
        public bool IsDisposed { get; private set; }

        public async ValueTask DisposeAsync()
        {
            IsDisposed = true;
            await onDispose();
        }
    }
}
