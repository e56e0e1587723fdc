using AsyncMQ.Conformance.Driving;
using AsyncMQ.Conformance.Working;

namespace AsyncMQ.Sqlite.Tests;

/// <summary>Operations from another process: two stores on one file.</summary>
public class SharedOperationsTests
{
    [Fact]
    public async Task A_running_handler_is_cancelled_by_another_process_and_its_id_makes_a_new_job()
    {
        await using IJobStore one = await SqliteStores.OpenAsync(SqliteStores.NewPath());
        await using IJobStore two = await SqliteStores.OpenAsync(one.Description["SQLite ".Length..]);
        var started = new TaskCompletionSource();
        var told = new TaskCompletionSource<JobCancellationReason>();
        var free = new TaskCompletionSource();
        await using AsyncMQHost worker = await (await StoreDriver.OpenAsync(one)).Start(mq => mq
            .AddHandler("work", async (context, token) =>
            {
                started.TrySetResult();
                await Task.Delay(Timeout.Infinite, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                told.TrySetResult(context.CancellationReason);
                await free.Task;
                return 42;
            })
            .AddSleepyWorker());
        StoreDriver driver = await StoreDriver.OpenAsync(two);
        await using AsyncMQHost other = driver.Host();
        JobHandle job = await other.Queue().AddAsync("work", null, new() { JobId = "a" });
        await started.Task.WaitAsync(Hosts.Patience);
        Task<JobNotCompletedException> ended = job.EndsOtherwise();

        Assert.Equal(new(JobChangeOutcome.Requested, JobState.Active), await other.Queue().CancelJobAsync("a"));
        Assert.Equal(JobCancellationReason.Cancelled, await told.Task.WaitAsync(Hosts.Patience));
        Assert.Equal(JobState.Active, await other.Queue().GetJobStateAsync("a"));
        Assert.Equal(AddOutcome.Duplicate, (await other.Queue().AddAsync("work", null, new() { JobId = "a" })).Outcome);
        free.SetResult();

        Assert.Equal(JobState.Cancelled, (await ended).State);
        JobHandle anew = await other.Queue().AddAsync("work", null, new() { JobId = "a", Delay = TimeSpan.FromHours(1) });
        Assert.Equal(AddOutcome.Created, anew.Outcome);
        Assert.Equal(JobState.Delayed, await worker.Queue().GetJobStateAsync("a"));
        Assert.Empty(await one.AuditAsync(default));
    }

    [Fact]
    public async Task A_pause_by_another_process_holds_and_its_end_wakes_a_sleeping_worker()
    {
        await using IJobStore one = await SqliteStores.OpenAsync(SqliteStores.NewPath());
        await using IJobStore two = await SqliteStores.OpenAsync(one.Description["SQLite ".Length..]);
        var ran = new Ledger();
        await using AsyncMQHost worker = await (await StoreDriver.OpenAsync(one)).Start(mq => mq.AddHandler("work", ran.Note).AddSleepyWorker());
        await using AsyncMQHost other = (await StoreDriver.OpenAsync(two)).Host();
        await (await other.Queue().AddAsync("work")).Ends();

        await other.Queue().PauseAsync();
        JobHandle job = await worker.Queue().AddAsync("work");
        Assert.True(await worker.Queue().IsPausedAsync());
        Assert.Equal(JobState.Waiting, await other.Queue().GetJobStateAsync(job.Id));
        await other.Queue().ResumeAsync();

        await job.Ends();
        Assert.Equal(2, ran.Count);
    }
}
