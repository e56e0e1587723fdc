namespace AsyncMQ.Testing.Tests;

/// <summary>Failures on demand, lost leases, second deliveries.</summary>
public sealed class FaultTests
{
    private readonly Diary ran = new();

    [Fact]
    public async Task The_named_attempt_fails_and_the_handler_is_not_called()
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq.AddHandler("work", ran.Handle, handler => handler.Retries = 3).AddHandler("other", ran.Handle));
        host.FailAttempt("work", attempt: 1, new TimeoutException("the first"));
        host.FailAttempt("work", attempt: 2);
        JobHandle job = await host.Client.AddAsync("work");
        await host.Client.AddAsync("other");

        await host.AdvanceAsync(1.Minutes());

        Assert.Equal(["other", "work"], ran.What);
        Assert.Equal([TimeSpan.Zero, 3.Seconds()], ran.When);
        JobInfo done = (await host.GetJobAsync(job.Ref))!;
        Assert.Equal(3, done.Attempt);
        Assert.Equal("the first", done.Attempts[0].Error!.Message);
        Assert.Contains("attempt 2 of job 'work'", done.Attempts[1].Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_job_can_be_failed_by_its_id_and_all_of_a_type_by_the_type()
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq
            .AddHandler("work", ran.Handle)
            .AddHandler("typed", ran.Handle));
        host.FailAttempt(new JobRef("default", "poor"));
        host.FailAttempt<Typed>();
        JobHandle poor = await host.Client.AddAsync("work", null, new() { JobId = "poor" }), rich = await host.Client.AddAsync("work");
        JobHandle typed = await host.Client.AddAsync(new Typed(1));

        await host.RunUntilIdleAsync();

        Assert.Equal(JobState.Failed, await host.StateOf(poor));
        Assert.Equal(JobState.Completed, await host.StateOf(rich));
        Assert.Equal(JobState.Failed, await host.StateOf(typed));
    }

    [Fact]
    public void A_failure_of_a_name_that_nobody_handles_is_refused()
    {
        AsyncMQTestHost host = Kit.Host(mq => mq.AddHandler("work", ran.Handle));
        Assert.Contains("'wrok'", Assert.Throws<ArgumentException>(() => host.FailAttempt("wrok")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => host.FailAttempt("work", attempt: 0));
    }

    [Fact]
    public async Task A_lost_lease_fires_the_token_counts_a_stall_and_runs_the_job_again()
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq.AddHandler("long", async (context, token) =>
        {
            ran.Note($"attempt {context.Attempt}, stalls {context.Stalls}", context);
            try
            {
                await Task.Delay(1.Hours(), context.Time(), token);
            }
            catch (OperationCanceledException)
            {
                ran.Note($"{context.CancellationReason}", context);
                throw;
            }
        }));
        JobHandle job = await host.Client.AddAsync("long");
        await host.RunUntilIdleAsync();

        await host.LoseLeaseAsync();

        Assert.Equal(["LeaseLost", "attempt 1, stalls 0", "attempt 1, stalls 1"], ran.What.Order(StringComparer.Ordinal));
        Assert.InRange(host.Elapsed(), 15.Seconds(), 18.Seconds());
        await host.AdvanceAsync(2.Hours());
        JobInfo done = (await host.GetJobAsync(job.Ref))!;
        Assert.Equal((JobState.Completed, 1, 1), (done.State, done.Attempt, done.Stalls));
    }

    [Fact]
    public async Task A_job_that_stalls_too_often_fails()
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq
            .AddHandler("long", (context, token) => Task.Delay(1.Hours(), context.Time(), token))
            .AddQueue("default", queue => queue.MaxStalls = 1)
            .AddWorker("default"));
        JobHandle job = await host.Client.AddAsync("long");
        await host.RunUntilIdleAsync();

        await host.LoseLeaseAsync();
        Assert.Equal(JobState.Active, await host.StateOf(job));
        await host.LoseLeaseAsync();

        JobInfo failed = (await host.GetJobAsync(job.Ref))!;
        Assert.Equal(JobState.Failed, failed.State);
        Assert.Equal("Stalled", failed.Error!.Type);
    }

    [Fact]
    public async Task Leases_are_kept_over_a_long_advance()
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq.AddHandler("long", (context, token) => Task.Delay(TimeSpan.FromDays(20), context.Time(), token)));
        JobHandle job = await host.Client.AddAsync("long");

        await host.AdvanceAsync(TimeSpan.FromDays(20));

        JobInfo done = (await host.GetJobAsync(job.Ref))!;
        Assert.Equal((JobState.Completed, 0), (done.State, done.Stalls));
    }

    [Fact]
    public async Task A_lease_cannot_be_lost_when_nothing_runs()
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq.AddHandler("work", ran.Handle));
        await host.Client.AddAsync("work");
        await Assert.ThrowsAsync<InvalidOperationException>(() => host.LoseLeaseAsync());
    }

    [Fact]
    public async Task A_completed_job_is_delivered_again()
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq.AddHandler("work", ran.Handle));
        JobHandle job = await host.Client.AddAsync("work", null, new() { Deduplication = Deduplication.Simple("one") });
        InvalidOperationException early = await Assert.ThrowsAsync<InvalidOperationException>(() => host.RedeliverAsync(job.Ref));
        Assert.Contains("it is Waiting", early.Message, StringComparison.Ordinal);
        await host.RunUntilIdleAsync();

        await host.RedeliverAsync(job.Ref);

        Assert.Equal(2, ran.Count);
        Assert.Equal(JobState.Completed, await host.StateOf(job));
        Assert.Single(host.Added);
    }

    [Job("typed")]
    private sealed record Typed(int Number) : IJob;
}
