using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace AsyncMQ.Conformance.Working;

/// <summary>Waiting for a job's end: every end is told, at once, and a wait that could never end is refused.</summary>
public abstract class WaitingTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task A_wait_ends_when_the_job_fails_and_says_why()
    {
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddHandler("work", (_, _) => throw new InvalidOperationException("the disk is full"))
            .AddWorker(DefaultQueue));

        JobNotCompletedException end = await (await mq.Client.AddAsync("work")).EndsOtherwise();

        Assert.Equal(JobState.Failed, end.State);
        Assert.Contains("the disk is full", end.Message, StringComparison.Ordinal);
        Assert.Equal("System.InvalidOperationException", end.Error!.Type);
    }

    [Fact]
    public async Task A_wait_ends_when_the_job_expires()
    {
        await using AsyncMQHost mq = await Store.Start(mq => mq.AddHandler("work", (_, _) => Task.CompletedTask).AddSleepyWorker());
        await Store.Pause();
        JobHandle job = await mq.Client.AddAsync("work", null, new() { TimeToLive = 10.Minutes() });
        Task<JobNotCompletedException> end = job.EndsOtherwise();

        // By less than the hour after which the worker's housekeeping drops the driver's own session.
        await Store.Advance(20.Minutes());
        await Store.Resume();

        Assert.Equal(JobState.Expired, (await end).State);
        Assert.Equal(0, (await Store.Get(job.Id)).Attempt);
    }

    [Fact]
    public async Task A_wait_ends_when_the_job_is_removed()
    {
        await using AsyncMQHost mq = Store.Host();
        JobHandle job = await mq.Client.AddAsync("work", null, new() { JobId = "gone" });
        Task<JobNotCompletedException> end = job.EndsOtherwise();

        await Store.Do(JobCommand.Remove, "gone");

        Assert.Null((await end).State);
    }

    [Fact]
    public async Task A_wait_ends_when_the_job_is_cancelled()
    {
        await using AsyncMQHost mq = Store.Host();
        JobHandle job = await mq.Client.AddAsync("work");
        Task<JobNotCompletedException> end = job.EndsOtherwise();

        await Store.Do(JobCommand.Cancel, job.Id);

        Assert.Equal(JobState.Cancelled, (await end).State);
    }

    [Fact]
    public async Task Waiting_for_a_job_that_has_ended_or_never_was_ends_at_once()
    {
        await using AsyncMQHost mq = await Store.Start(mq => mq.AddHandler("work", (_, _) => Task.FromResult(7)).AddWorker(DefaultQueue));
        JobHandle job = await mq.Client.AddAsync("work");
        await job.Ends();

        Assert.Equal(7, (await job.Ends()).Get<int>());
        await Assert.ThrowsAsync<JobNotCompletedException>(() => mq.Queue().WaitAsync("nobody").WaitAsync(Patience));
    }

    [Fact]
    public async Task A_wait_is_told_of_the_end_and_does_not_poll_for_it()
    {
        await using AsyncMQHost mq = await Store.Start(mq => mq.AddHandler("work", (_, token) => Task.Delay(20, token)).AddSleepyWorker());
        long started = Stopwatch.GetTimestamp();

        for (int i = 0; i < 40; i++)
            await (await mq.Client.AddAsync("work")).Ends();

        // By polling once a second it would be 40 s.
        Assert.True(Stopwatch.GetElapsedTime(started) < 20.Seconds());
    }

    [Fact]
    public async Task A_cancelled_wait_leaves_the_job_alone()
    {
        await using AsyncMQHost mq = Store.Host();
        JobHandle job = await mq.Client.AddAsync("work");
        using var cancelled = new CancellationTokenSource(20);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => job.WaitAsync(cancelled.Token));

        Assert.Equal(JobState.Waiting, await Store.StateOf(job.Id));
    }

    [Fact]
    public async Task A_job_that_is_waited_for_is_marked_so_that_retention_leaves_it_until_its_end_was_read()
    {
        await using AsyncMQHost mq = Store.Host();
        await Store.Add(Job("left"));
        await Store.Add(Job("wanted").WithResultWanted());
        await Store.Add(Job("waited"));
        using var patience = new CancellationTokenSource();

        Task wanted = mq.Queue().WaitAsync("wanted", patience.Token);
        Task waited = mq.Queue().WaitAsync("waited", patience.Token);
        await Clients.Until(async () => await IsMarked("waited"));

        Assert.False(await IsMarked("left"));
        Assert.False(await IsMarked("wanted"), "it is spared for its result's sake already");
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(wanted, waited));

        async Task<bool> IsMarked(string id) => (await Store.Get(id)).Flags.HasFlag(JobFlags.Watched);
    }

    [Fact]
    public async Task A_look_that_failed_is_repeated_in_milliseconds()
    {
        var store = new FaultyStore(Store.Store);
        await using AsyncMQHost mq = Store.Host(store);
        await Store.Bring("done", JobState.Completed);
        int looks = 0;
        store.Plan = call => call == StoreCall.Read && Interlocked.Increment(ref looks) == 1 ? Fault.Fails : Fault.None;
        long started = Stopwatch.GetTimestamp();

        await mq.Queue().WaitAsync("done").WaitAsync(Hosts.Patience);

        Assert.True(Stopwatch.GetElapsedTime(started) < 1500.Milliseconds(), "it waited for the poll");
    }

    [Fact]
    public async Task Many_waits_for_one_job_all_end()
    {
        var gate = new Gate();
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddHandler("work", async (_, token) =>
            {
                await gate.Pass(token);
                return 5;
            })
            .AddWorker(DefaultQueue));
        JobHandle job = await mq.Client.AddAsync("work");
        Task<JobResult>[] waits = [.. Enumerable.Range(0, 50).Select(_ => job.Ends())];

        gate.Open();

        Assert.All(await Task.WhenAll(waits), result => Assert.Equal(5, result.Get<int>()));
    }

    [Fact]
    public async Task A_handler_that_waits_for_a_job_only_its_own_worker_could_run_is_refused()
    {
        await using AsyncMQHost mq = await Store.Start(Parents(concurrency: 1));

        JobNotCompletedException end = await (await mq.Client.AddAsync("parent")).EndsOtherwise();

        Assert.Equal(JobState.Failed, end.State);
        Assert.Contains("would never end", end.Message, StringComparison.Ordinal);
        await Store.Until(1, JobState.Completed); // the child, once the slot is free
    }

    [Fact]
    public async Task A_handler_may_wait_for_a_job_that_another_slot_can_run()
    {
        await using AsyncMQHost mq = await Store.Start(Parents(concurrency: 2));

        Assert.Equal("child", (await (await mq.Client.AddAsync("parent")).Ends()).Get<string>());
    }

    [Fact]
    public async Task A_handler_may_wait_for_a_job_that_another_process_can_run()
    {
        await using AsyncMQHost other = await Store.Start(Parents(concurrency: 1));
        await using AsyncMQHost mq = await Store.Start(Parents(concurrency: 1));

        Assert.Equal("child", (await (await mq.Client.AddAsync("parent")).Ends()).Get<string>());
    }

    [Fact]
    public async Task A_handler_may_wait_for_a_job_that_another_worker_of_its_process_can_run()
    {
        await using AsyncMQHost mq = await Store.Start(mq =>
        {
            Parents(concurrency: 1)(mq);
            mq.AddWorker(DefaultQueue, worker => worker.Concurrency = 1);
        });

        Assert.Equal("child", (await (await mq.Client.AddAsync("parent")).Ends()).Get<string>());
    }

    [Fact]
    public async Task A_handler_may_wait_for_a_job_that_has_ended()
    {
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddHandler("child", (_, _) => Task.FromResult("child"))
            .AddHandler("parent", async (context, token) =>
                (await context.Services.GetRequiredService<IJobClient>().GetQueue(DefaultQueue).WaitAsync("the-child", token)).Get<string>())
            .AddWorker(DefaultQueue, worker => worker.Concurrency = 1));
        await (await mq.Client.AddAsync("child", null, new() { JobId = "the-child" })).Ends();

        Assert.Equal("child", (await (await mq.Client.AddAsync("parent")).Ends()).Get<string>());
    }

    [Fact]
    public async Task A_refused_wait_leaves_no_trace()
    {
        await using AsyncMQHost mq = await Store.Start(Parents(concurrency: 1));
        for (int i = 0; i < 5; i++)
            await (await mq.Client.AddAsync("parent")).EndsOtherwise();

        await using AsyncMQHost other = await Store.Start(Parents(concurrency: 2));

        Assert.Equal("child", (await (await mq.Client.AddAsync("parent")).Ends()).Get<string>());
    }

    private static Action<AsyncMQBuilder> Parents(int concurrency) => mq => mq
        .AddHandler("child", (_, _) => Task.FromResult("child"))
        .AddHandler("parent", async (context, token) =>
        {
            JobHandle child = await context.Services.GetRequiredService<IJobClient>().AddAsync("child", cancellationToken: token);
            return (await child.WaitAsync(token)).Get<string>();
        })
        .AddWorker(DefaultQueue, worker => worker.Concurrency = concurrency);
}
