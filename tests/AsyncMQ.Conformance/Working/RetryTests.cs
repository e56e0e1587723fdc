using Microsoft.Extensions.DependencyInjection;

namespace AsyncMQ.Conformance.Working;

/// <summary>Failed attempts: who says how often and when a job runs again, and what is kept of each.</summary>
public abstract class RetryTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    public static TheoryData<string> Backoffs => ["none", "fixed", "exponential", "steps"];

    [Fact]
    public async Task A_job_without_retries_fails_at_the_first_error()
    {
        var ran = new Ledger();
        await using AsyncMQHost mq = await Store.Start(mq => mq.AddHandler("work", Failing(ran)).AddWorker(DefaultQueue));

        JobHandle job = await mq.Client.AddAsync("work");
        await job.EndsOtherwise();

        Assert.Equal(1, ran.Count);
        Assert.Equal(JobState.Failed, await Store.StateOf(job.Id));
    }

    [Fact]
    public async Task Retries_count_the_runs_after_the_first()
    {
        var ran = new Ledger();
        await using AsyncMQHost mq = await Store.Start(mq => mq.AddHandler("work", Failing(ran)).AddSleepyWorker());

        await (await mq.Client.AddAsync("work", null, new() { Retries = 3, Backoff = Backoff.None })).EndsOtherwise();

        Assert.Equal(4, ran.Count);
    }

    [Fact]
    public async Task A_job_that_fails_and_then_succeeds_is_completed()
    {
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddHandler("work", (context, _) => context.Attempt < 3 ? throw new InvalidOperationException($"no {context.Attempt}") : Task.FromResult(context.Attempt))
            .AddSleepyWorker());

        JobHandle job = await mq.Client.AddAsync("work", null, new() { Retries = 5, Backoff = Backoff.None });

        Assert.Equal(3, (await job.Ends()).Get<int>());
    }

    [Theory]
    [MemberData(nameof(Backoffs))]
    public async Task Each_back_off_puts_the_next_attempt_at_its_time(string kind)
    {
        Backoff backoff = kind switch
        {
            "none" => Backoff.None,
            "fixed" => Backoff.Fixed(1.Hours()),
            "exponential" => Backoff.Exponential(1.Hours(), factor: 3, longest: 8.Hours(), jitter: 0),
            _ => Backoff.Steps(1.Hours(), 5.Hours()),
        };
        TimeSpan[] waits = kind switch
        {
            "none" => [TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero],
            "fixed" => [1.Hours(), 1.Hours(), 1.Hours()],
            "exponential" => [1.Hours(), 3.Hours(), 8.Hours()],
            _ => [1.Hours(), 5.Hours(), 5.Hours()],
        };
        var ran = new Ledger();
        await using AsyncMQHost mq = await Store.Start(mq => mq.AddHandler("work", Failing(ran)).AddSleepyWorker());

        JobHandle job = await mq.Client.AddAsync("work", null, new() { Retries = 3, Backoff = backoff });
        for (int attempt = 1; attempt <= 3; attempt++)
        {
            if (waits[attempt - 1] == TimeSpan.Zero)
                continue;
            await Store.Until(job.Ref, JobState.Delayed);
            JobRecord record = await Store.Get(job.Id);
            Assert.Equal(attempt, ran.Count);
            TimeSpan wait = record.DueAt!.Value - record.Attempts[^1].EndedAt;
            Assert.InRange(wait, waits[attempt - 1] - 5.Milliseconds(), waits[attempt - 1] + 5.Milliseconds());
            await Store.Advance(waits[attempt - 1]);
            await Hosts.Until(() => ran.Count == attempt + 1);
        }

        await job.EndsOtherwise();
        Assert.Equal(4, ran.Count);
    }

    [Fact]
    public async Task The_add_decides_before_the_handler_before_the_queue_before_the_library()
    {
        await using AsyncMQHost mq = await Store.Start(mq =>
        {
            mq.Configure(options => options.Retries = 2);
            mq.AddQueue("own", queue => queue.Retries = 4).AddQueue("mixed", queue => queue.Timeout = 1.Hours());
            mq.AddHandler("plain", Limits).AddHandler("strict", Limits, handler => (handler.Retries, handler.Timeout) = (6, 2.Hours()));
            mq.AddWorker("own").AddWorker("mixed").AddWorker(DefaultQueue);
        });

        Assert.Equal(3, await MaxAttempts(mq, DefaultQueue, "plain", null));
        Assert.Equal(5, await MaxAttempts(mq, "own", "plain", null));
        Assert.Equal(7, await MaxAttempts(mq, "own", "strict", null));
        Assert.Equal(9, await MaxAttempts(mq, "own", "strict", new() { Retries = 8 }));
        Assert.Equal(1, await MaxAttempts(mq, "own", "strict", new() { Retries = 0 }));
        Assert.Equal(3, await MaxAttempts(mq, "mixed", "plain", null)); // each option by itself: the queue says a timeout, the library the retries
        Assert.Equal(7, await MaxAttempts(mq, "mixed", "strict", new() { Timeout = 1.Hours() }));

        static Task<int> Limits(JobContext context, CancellationToken token) => Task.FromResult(context.MaxAttempts);
    }

    [Fact]
    public async Task The_attribute_of_a_job_type_counts_also_for_jobs_added_by_name()
    {
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .Configure(options => options.Backoff = Backoff.None)
            .AddHandler<Stubborn, StubbornHandler>()
            .AddSleepyWorker());

        JobHandle job = await mq.Client.AddAsync("stubborn");
        await job.EndsOtherwise();

        Assert.Equal(2, (await Store.Get(job.Id)).Attempts.Count);
    }

    [Fact]
    public async Task An_unrecoverable_error_fails_the_job_whatever_retries_are_left()
    {
        var ran = new Ledger();
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddHandler("work", (context, token) =>
            {
                ran.Note(context, token);
                throw new UnrecoverableJobException("the customer is gone");
            })
            .AddWorker(DefaultQueue));

        JobNotCompletedException end = await (await mq.Client.AddAsync("work", null, new() { Retries = 10 })).EndsOtherwise();

        Assert.Contains("the customer is gone", end.Message, StringComparison.Ordinal);
        Assert.Equal(1, ran.Count);
    }

    [Fact]
    public async Task A_job_put_back_by_its_handler_runs_again_and_loses_no_attempt()
    {
        int runs = 0;
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddHandler("work", (context, _) => Interlocked.Increment(ref runs) <= 5
                ? throw new RetryJobException(1.Hours(), "not yet")
                : Task.FromResult(context.Attempt))
            .AddSleepyWorker());

        JobHandle job = await mq.Client.AddAsync("work");
        for (int i = 1; i <= 5; i++)
        {
            await Clients.Until(async () => Volatile.Read(ref runs) == i && await Store.StateOf(job.Id) == JobState.Delayed);
            await Store.Advance(1.Hours());
        }

        Assert.Equal(1, (await job.Ends()).Get<int>());
        Assert.All((await Store.Get(job.Id)).Attempts, attempt => Assert.Equal(AttemptOutcome.PutBack, attempt.Outcome));
    }

    [Fact]
    public async Task A_job_put_back_without_delay_runs_behind_its_equals()
    {
        var ran = new Ledger();
        await using AsyncMQHost mq = Store.Host(mq => mq
            .AddHandler("work", (context, token) =>
            {
                bool first = !ran.Started.Contains(context.Id);
                ran.Note(context, token);
                return first && context.Id == "job-0" ? throw new RetryJobException(TimeSpan.Zero) : Task.CompletedTask;
            })
            .AddWorker(DefaultQueue, worker => worker.Concurrency = 1));
        await mq.AddMany(3);

        await mq.StartAsync();
        await Store.Until(3, JobState.Completed);

        Assert.Equal(["job-0", "job-1", "job-2", "job-0"], ran.Started);
    }

    [Fact]
    public async Task An_attempt_that_runs_too_long_is_told_and_fails()
    {
        var reason = new TaskCompletionSource<JobCancellationReason>();
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddHandler("work", async (context, token) =>
            {
                try
                {
                    await Task.Delay(Timeout.Infinite, token);
                }
                finally
                {
                    reason.TrySetResult(context.CancellationReason);
                }
            })
            .AddWorker(DefaultQueue));

        JobNotCompletedException end = await (await mq.Client.AddAsync("work", null, new() { Timeout = 50.Milliseconds() })).EndsOtherwise();

        Assert.Equal(JobCancellationReason.Timeout, await reason.Task.WaitAsync(Patience));
        Assert.Equal("System.TimeoutException", end.Error!.Type);
        Assert.Contains("00:00:00.05", end.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_next_job_of_a_slot_is_not_told_of_the_timeout_of_the_one_before()
    {
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddHandler("slow", (_, token) => Task.Delay(Timeout.Infinite, token), handler => handler.Timeout = 10.Milliseconds())
            .AddHandler("quick", async (context, token) =>
            {
                await Task.Delay(30, token);
                return context.CancellationReason.ToString();
            }, handler => handler.Timeout = 1.Hours())
            .AddWorker(DefaultQueue, worker => worker.Concurrency = 1));

        for (int i = 0; i < 10; i++)
        {
            JobHandle slow = await mq.Client.AddAsync("slow");
            JobHandle quick = await mq.Client.AddAsync("quick");
            Assert.Equal(JobState.Failed, (await slow.EndsOtherwise()).State);
            Assert.Equal("None", (await quick.Ends()).Get<string>());
        }
    }

    [Fact]
    public async Task A_handler_that_ends_well_in_spite_of_its_timeout_completes()
    {
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddHandler("work", async (_, token) =>
            {
                await Task.Delay(Timeout.Infinite, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return "done all the same";
            })
            .AddWorker(DefaultQueue));

        JobResult result = await (await mq.Client.AddAsync("work", null, new() { Timeout = 20.Milliseconds() })).Ends();

        Assert.Equal("done all the same", result.Get<string>());
    }

    [Fact]
    public async Task A_job_past_its_time_to_live_expires_instead_of_running()
    {
        var ran = new Ledger();
        await using AsyncMQHost mq = Store.Host(mq => mq.AddHandler("work", ran.Note).AddSleepyWorker());
        JobHandle job = await mq.Client.AddAsync("work", null, new() { TimeToLive = 1.Minutes() });
        await Store.Advance(2.Minutes());

        await mq.StartAsync();

        Assert.Equal(JobState.Expired, (await job.EndsOtherwise()).State);
        Assert.Equal(0, ran.Count);
    }

    [Fact]
    public async Task A_job_that_expires_while_it_waits_for_its_next_attempt_does_not_run_again()
    {
        var ran = new Ledger();
        await using AsyncMQHost mq = await Store.Start(mq => mq.AddHandler("work", Failing(ran)).AddSleepyWorker());
        JobHandle job = await mq.Client.AddAsync("work", null, new() { Retries = 5, Backoff = Backoff.Fixed(1.Hours()), TimeToLive = 30.Minutes() });
        await Store.Until(job.Ref, JobState.Delayed);

        await Store.Advance(2.Hours());

        Assert.Equal(JobState.Expired, (await job.EndsOtherwise()).State);
        Assert.Equal(1, ran.Count);
    }

    [Fact]
    public async Task Attempts_are_kept_with_number_time_worker_duration_and_error()
    {
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddHandler("work", async (context, token) =>
            {
                await Task.Delay(20, token);
                if (context.Attempt < 3)
                    throw new InvalidOperationException($"error {context.Attempt}");
            })
            .AddSleepyWorker());
        DateTimeOffset before = await Store.Now();

        JobHandle job = await mq.Client.AddAsync("work", null, new() { Retries = 2, Backoff = Backoff.None });
        await job.Ends();
        JobInfo info = await mq.Get(job.Ref);

        Assert.Equal([1, 2, 3], info.Attempts.Select(attempt => attempt.Number));
        Assert.Equal([AttemptOutcome.Retried, AttemptOutcome.Retried, null], info.Attempts.Select(attempt => attempt.Outcome));
        Assert.Equal(["error 1", "error 2", null], info.Attempts.Select(attempt => attempt.Error?.Message));
        Assert.Contains(nameof(RetryTests), info.Attempts[0].Error!.Detail, StringComparison.Ordinal);
        Assert.All(info.Attempts, attempt =>
        {
            Assert.InRange(attempt.StartedAt, before - 1.Milliseconds(), before + Patience);
            Assert.InRange(attempt.Duration, 5.Milliseconds(), Patience);
            Assert.Contains(Environment.ProcessId.ToString(), attempt.Worker, StringComparison.Ordinal);
        });
    }

    private static async Task<int> MaxAttempts(AsyncMQHost mq, string queue, string name, JobOptions? options) =>
        (await (await mq.Queue(queue).AddAsync(name, null, options)).Ends()).Get<int>();

    private static Func<JobContext, CancellationToken, Task> Failing(Ledger ran) => (context, token) =>
    {
        ran.Note(context, token);
        throw new InvalidOperationException("no");
    };
}
