using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;

namespace AsyncMQ.Conformance.Working;

/// <summary>What a handler is given, and what it may say while it runs.</summary>
public abstract class HandlerTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task Progress_and_lines_are_stored_while_the_handler_runs()
    {
        var gate = new Gate();
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddHandler("work", async (context, token) =>
            {
                await context.ReportProgressAsync(25, "a quarter", token);
                await context.LogAsync("first", token);
                await context.LogAsync("second", token);
                await context.ReportProgressAsync(50, null, token);
                await gate.Pass(token);
            })
            .AddWorker(DefaultQueue));

        JobHandle job = await mq.Client.AddAsync("work");
        await gate.SomebodyWaits();
        JobInfo running = await mq.Get(job.Ref);
        gate.Open();
        await job.Ends();

        Assert.Equal(JobState.Active, running.State);
        Assert.Equal(new JobProgress(50, null), running.Progress);
        Assert.Equal(["first", "second"], running.Logs.Select(line => line.Text));
        Assert.All(running.Logs, line => Assert.Equal(1, line.Attempt));
        Assert.Equal(["first", "second"], (await mq.Get(job.Ref)).Logs.Select(line => line.Text));
    }

    [Fact]
    public async Task Lines_of_many_jobs_at_once_stay_in_order_and_with_their_own_job()
    {
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddHandler("work", async (context, token) =>
            {
                for (int i = 0; i < 20; i++)
                    await context.LogAsync($"{context.Id} line {i}", token);
            })
            .AddWorker(DefaultQueue, worker => worker.Concurrency = 20));

        await mq.AddMany(40);
        await Store.Until(40, JobState.Completed);

        for (int job = 0; job < 40; job++)
            Assert.Equal(Enumerable.Range(0, 20).Select(i => $"job-{job} line {i}"), (await Store.Get($"job-{job}")).Logs.Select(line => line.Text));
    }

    [Fact]
    public async Task A_progress_message_over_the_limit_is_refused()
    {
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .Configure(options => options.MaxPayloadBytes = 1_024)
            .AddHandler("work", (context, token) => context.ReportProgressAsync(1, new string('x', 2_000), token))
            .AddWorker(DefaultQueue));

        JobNotCompletedException end = await (await mq.Client.AddAsync("work")).EndsOtherwise();

        Assert.Equal(typeof(PayloadTooLargeException).FullName, end.Error!.Type);
    }

    [Fact]
    public async Task A_handler_whose_job_was_removed_is_told_by_its_report()
    {
        var gate = new Gate();
        var told = new TaskCompletionSource<(Exception, JobCancellationReason, bool)>();
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddHandler("work", async (context, token) =>
            {
                await gate.PassWithoutHeed();
                Exception error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => context.ReportProgressAsync(50, null, CancellationToken.None));
                told.SetResult((error, context.CancellationReason, token.IsCancellationRequested));
            })
            .AddWorker(DefaultQueue));
        JobHandle job = await mq.Client.AddAsync("work", null, new() { JobId = "gone" });
        await gate.SomebodyWaits();

        await Store.Do(JobCommand.Remove, "gone");
        gate.Open();

        (Exception error, JobCancellationReason reason, bool fired) = await told.Task.WaitAsync(Patience);
        Assert.Contains("default/gone", error.Message, StringComparison.Ordinal);
        Assert.Equal(JobCancellationReason.LeaseLost, reason);
        Assert.True(fired);
        Assert.Null(await Store.Find("gone"));
        Assert.Equal("gone", job.Id);
    }

    [Fact]
    public async Task A_running_job_that_is_cancelled_is_told_and_ends_as_cancelled()
    {
        var gate = new Gate();
        var reason = new TaskCompletionSource<JobCancellationReason>();
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .Configure(options => options.Lease = 1.Seconds())
            .AddHandler("work", async (context, token) =>
            {
                try
                {
                    await gate.Pass(token);
                }
                finally
                {
                    reason.TrySetResult(context.CancellationReason);
                }
            })
            .AddWorker(DefaultQueue));
        JobHandle job = await mq.Client.AddAsync("work", null, new() { Retries = 5 });
        await gate.SomebodyWaits();

        JobChangeReply reply = await Store.Do(JobCommand.Cancel, job.Id);

        Assert.Equal(JobChangeOutcome.Requested, reply.Outcome);
        Assert.Equal(JobState.Cancelled, (await job.EndsOtherwise()).State);
        Assert.Equal(JobCancellationReason.Cancelled, await reason.Task.WaitAsync(Patience));
    }

    [Fact]
    public async Task The_next_job_of_a_slot_is_not_told_of_the_cancel_of_the_one_before()
    {
        var gate = new Gate();
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .Configure(options => options.Lease = 1.Seconds())
            .AddHandler("work", (_, token) => gate.Pass(token))
            .AddHandler("next", (_, token) => Task.FromResult(token.IsCancellationRequested))
            .AddWorker(DefaultQueue, worker => worker.Concurrency = 1));
        JobHandle job = await mq.Client.AddAsync("work");
        await gate.SomebodyWaits();

        await Store.Do(JobCommand.Cancel, job.Id);
        JobHandle next = await mq.Client.AddAsync("next");

        Assert.False((await next.Ends()).Get<bool>());
    }

    [Fact]
    public async Task Each_job_has_a_scope_of_its_own_that_is_disposed_before_the_job_completes()
    {
        var made = new ConcurrentQueue<Scoped>();
        await using AsyncMQHost mq = await Store.Start(mq =>
        {
            mq.Services.AddScoped(_ =>
            {
                var scoped = new Scoped();
                made.Enqueue(scoped);
                return scoped;
            });
            mq.AddHandler("work", (context, _) =>
            {
                Scoped one = context.Services.GetRequiredService<Scoped>();
                Assert.Same(one, context.Services.GetRequiredService<Scoped>());
                return context.Args[0].GetBoolean() ? Task.CompletedTask : throw new InvalidOperationException();
            });
            mq.AddWorker(DefaultQueue);
        });

        await (await mq.Client.AddAsync("work", [true])).Ends();
        await (await mq.Client.AddAsync("work", [false])).EndsOtherwise();

        Assert.Equal(2, made.Count);
        Assert.All(made, scoped => Assert.True(scoped.IsDisposed));
    }

    [Fact]
    public async Task A_handler_registered_as_a_singleton_is_made_once()
    {
        var handler = new Counting();
        await using AsyncMQHost mq = await Store.Start(mq =>
        {
            mq.Services.AddSingleton(handler);
            mq.AddHandler<Greet, Counting>().AddWorker(DefaultQueue);
        });

        for (int i = 0; i < 3; i++)
            await (await mq.Client.AddAsync(new Greet("x"))).Ends();

        Assert.Equal(3, handler.Runs);
    }

    [Fact]
    public async Task What_one_job_leaves_in_its_flow_the_next_does_not_see()
    {
        var flow = new AsyncLocal<string?>();
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddHandler("work", (context, _) =>
            {
                string? seen = flow.Value;
                flow.Value = context.Id;
                return Task.FromResult(seen);
            })
            .AddWorker(DefaultQueue, worker => worker.Concurrency = 1));

        foreach (JobHandle job in await mq.AddMany(20))
            Assert.Null((await job.Ends()).Get<string>());
    }

    private sealed class Scoped : IDisposable
    {
        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }

    private sealed class Counting : IJobHandler<Greet>
    {
        private int runs;

        public int Runs => runs;

        public Task HandleAsync(Greet job, JobContext context, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref runs);
            return Task.CompletedTask;
        }
    }
}
