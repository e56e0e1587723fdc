using static AsyncMQ.Conformance.Working.BatchSettings;

namespace AsyncMQ.Conformance.Working;

/// <summary>Which jobs run together and when, and what one of them is told while others run beside it.</summary>
public abstract class BatchRunningTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task A_batch_runs_when_it_is_full_and_the_next_ones_beside_it()
    {
        var ran = new BatchLog();
        var gate = new Gate();
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddBatchHandler("work", async (batch, token) =>
            {
                ran.Note(batch);
                await gate.Pass(token);
                batch.CompleteRest();
            }, Full(4))
            .AddWorker(DefaultQueue));

        await mq.AddMany(12);
        await Hosts.Until(() => gate.Entered == 3);
        gate.Open();
        await Store.Until(12, JobState.Completed);

        Assert.All(ran.All, batch => Assert.Equal(4, batch.Length));
        Assert.Equal(12, ran.All.SelectMany(batch => batch).Distinct().Count());
    }

    [Fact]
    public async Task An_incomplete_batch_runs_when_its_time_is_up()
    {
        var ran = new BatchLog();
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddBatchHandler("work", ran.Complete, batch => (batch.Size, batch.Wait) = (10, 1.Seconds()))
            .AddWorker(DefaultQueue));

        await mq.AddMany(3);
        await Store.Until(3, JobState.Completed);

        Assert.Equal(3, ran.All.Sum(batch => batch.Length));
    }

    [Fact]
    public async Task Jobs_of_different_names_never_share_a_batch_but_those_of_different_queues_do()
    {
        var ran = new BatchLog();
        await using AsyncMQHost mq = Store.Host(mq => mq
            .AddBatchHandler("a", ran.Complete, Full(4))
            .AddBatchHandler("b", ran.Complete, Full(2))
            .AddWorker(worker => worker.Queue("one").Queue("two")));
        await mq.AddMany(2, "a", "one", "one-a");
        await mq.AddMany(2, "a", "two", "two-a");
        await mq.AddMany(2, "b", "one", "one-b");

        await mq.StartAsync();
        await Store.Until(4, JobState.Completed, "one");
        await Store.Until(2, JobState.Completed, "two");

        Assert.Equal(["one-a-0 one-a-1 two-a-0 two-a-1", "one-b-0 one-b-1"], ran.All.Select(batch => string.Join(' ', batch)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_batch_is_full_when_it_has_every_slot_of_its_worker_which_is_logged_once()
    {
        var lines = new LogLines();
        var ran = new BatchLog();
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .LogTo(lines)
            .AddBatchHandler("work", ran.Complete, Full(100))
            .AddWorker(DefaultQueue, worker => worker.Concurrency = 3));

        await mq.AddMany(9);
        await Store.Until(9, JobState.Completed);

        Assert.All(ran.All, batch => Assert.Equal(3, batch.Length));
        Assert.Equal("Batches of work hold at most 3 jobs here, not 100: each takes a slot, and the worker's Concurrency is 3", Assert.Single(lines.Of(33)));
    }

    [Fact]
    public async Task Each_job_has_its_own_context()
    {
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddBatchHandler<string>("work", async (batch, token) =>
            {
                foreach (BatchItem<JobArgs, string> item in batch)
                {
                    await item.Context.ReportProgressAsync(item.Job[0].GetInt32(), null, token);
                    await item.Context.LogAsync($"line of {item.Context.Id}", token);
                    item.Complete($"{item.Context.Headers["h"]} {item.Context.Attempt}/{item.Context.MaxAttempts}");
                }
            }, Full(3))
            .AddWorker(DefaultQueue));

        JobHandle[] jobs = await Task.WhenAll(Enumerable.Range(0, 3).Select(i => mq.Client.AddAsync(
            "work", [i], new() { JobId = $"job-{i}", Retries = i, Headers = new Dictionary<string, string> { ["h"] = $"of {i}" } })));

        for (int i = 0; i < 3; i++)
        {
            Assert.Equal($"of {i} 1/{i + 1}", (await jobs[i].Ends()).Get<string>());
            JobInfo job = await mq.Get(jobs[i].Ref);
            Assert.Equal(i, job.Progress!.Value.Percent);
            Assert.Equal([$"line of job-{i}"], job.Logs.Select(line => line.Text));
        }
    }

    [Fact]
    public async Task The_cancel_of_one_job_of_a_batch_is_told_to_that_one_alone()
    {
        var gate = new Gate();
        var told = new TaskCompletionSource<bool[]>();
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .Configure(options => options.Lease = 1.Seconds())
            .AddBatchHandler("work", async (batch, token) =>
            {
                BatchItem<JobArgs> cancelled = batch.Single(item => item.Context.Id == "job-1");
                await gate.Pass(cancelled.CancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                told.SetResult([token.IsCancellationRequested, .. batch.OrderBy(item => item.Context.Id).Select(item => item.CancellationToken.IsCancellationRequested)]);
                foreach (BatchItem<JobArgs> item in batch.Where(item => item != cancelled))
                    item.Complete();
            }, Full(3))
            .AddWorker(DefaultQueue));
        IReadOnlyList<JobHandle> jobs = await mq.AddMany(3);
        await gate.SomebodyWaits();

        await Store.Do(JobCommand.Cancel, "job-1");

        bool[] who = await told.Task.WaitAsync(Patience);
        Assert.Equal([false, false, true, false], who);
        await jobs[0].Ends();
        Assert.Equal(JobState.Cancelled, (await jobs[1].EndsOtherwise()).State);
        await jobs[2].Ends();
    }

    [Fact]
    public async Task When_every_job_of_a_batch_is_cancelled_its_own_token_fires()
    {
        var gate = new Gate();
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .Configure(options => options.Lease = 1.Seconds())
            .AddBatchHandler("work", (_, token) => gate.Pass(token), Full(2))
            .AddWorker(DefaultQueue));
        IReadOnlyList<JobHandle> jobs = await mq.AddMany(2);
        await gate.SomebodyWaits();

        foreach (JobHandle job in jobs)
            await Store.Do(JobCommand.Cancel, job.Id);

        foreach (JobHandle job in jobs)
            Assert.Equal(JobState.Cancelled, (await job.EndsOtherwise()).State);
    }

    [Fact]
    public async Task A_job_cancelled_while_it_waits_for_others_leaves_the_batch_and_never_runs()
    {
        var ran = new BatchLog();
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .Configure(options => options.Lease = 1.Seconds())
            .AddBatchHandler("work", ran.Complete, Full(3))
            .AddWorker(DefaultQueue));
        IReadOnlyList<JobHandle> jobs = await mq.AddMany(2);
        await Store.Until(2, JobState.Active);

        await Store.Do(JobCommand.Cancel, "job-0");
        Assert.Equal(JobState.Cancelled, (await jobs[0].EndsOtherwise()).State);
        await mq.AddMany(2, prefix: "late");
        await jobs[1].Ends();

        Assert.Equal([["job-1", "late-0", "late-1"]], ran.All);
    }

    [Fact]
    public async Task The_timeout_of_a_job_counts_from_the_start_of_its_batch_and_all_timed_out_end_it()
    {
        var ran = new BatchLog();
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddBatchHandler("work", (batch, token) =>
            {
                ran.Note(batch);
                return Task.Delay(Timeout.Infinite, token);
            }, batch => (batch.Size, batch.Wait, batch.Timeout) = (10, 500.Milliseconds(), 20.Milliseconds()))
            .AddWorker(DefaultQueue));

        foreach (JobHandle job in await mq.AddMany(2))
            Assert.Contains("longer than its timeout of 00:00:00.02", (await job.EndsOtherwise()).Error!.Message, StringComparison.Ordinal);

        Assert.Equal(2, ran.All.Sum(batch => batch.Length));
    }

    [Fact]
    public async Task What_is_said_of_a_job_whose_claim_is_lost_changes_nothing_and_the_others_go_on()
    {
        var gate = new Gate();
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddBatchHandler("work", async (batch, token) =>
            {
                await gate.Pass(token);
                batch.CompleteRest();
            }, Full(3))
            .AddWorker(DefaultQueue));
        IReadOnlyList<JobHandle> jobs = await mq.AddMany(3);
        await gate.SomebodyWaits();

        await Store.Do(JobCommand.Remove, "job-1");
        gate.Open();
        await jobs[0].Ends();
        await jobs[2].Ends();

        Assert.Null(await Store.Find("job-1"));
        await (await mq.AddMany(3, prefix: "next"))[0].Ends(); // its slot is free again
    }

    [Fact]
    public async Task A_lost_session_ends_the_waiting_batch_and_its_jobs_run_under_the_next()
    {
        var ran = new BatchLog();
        await using AsyncMQHost mq = await Store.Start(mq => mq.AddBatchHandler("work", ran.Complete, Full(3)).AddWorker(DefaultQueue));
        IReadOnlyList<JobHandle> jobs = await mq.AddMany(2);
        await Store.Until(2, JobState.Active);

        await Store.Store.CloseAsync((await Store.WorkerSession()).Info.Id, default);
        await mq.AddMany(1, prefix: "late");
        await Store.Until(3, JobState.Completed);

        Assert.Equal([["job-0", "job-1", "late-0"]], ran.All);
        Assert.Equal(2, jobs.Count);
    }

    [Fact]
    public async Task A_job_that_may_kill_its_process_runs_alone_and_at_once()
    {
        var ran = new BatchLog();
        await Store.Add(Job("suspect").Named("work").WithCustomId());
        Worker doomed = await Store.OpenWorker("doomed", lease: 100.Milliseconds());
        await doomed.ClaimOne();
        await Store.Pass(1.Seconds());
        await Store.Recover();
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .Configure(options => options.MaxStalls = 1)
            .AddBatchHandler("work", ran.Complete, Full(3))
            .AddWorker(DefaultQueue));
        await Store.Until(1, JobState.Completed);

        await mq.AddMany(3);
        await Store.Until(4, JobState.Completed);

        Assert.Equal([["suspect"], ["job-0", "job-1", "job-2"]], ran.All);
    }

    [Fact]
    public async Task A_batch_that_waits_for_a_job_which_only_its_own_slots_could_run_is_refused()
    {
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddHandler("other", (_, _) => Task.CompletedTask)
            .AddBatchHandler("work", async (batch, token) =>
            {
                JobHandle other = await ClientOf(batch).AddAsync("other", null, null, token);
                await other.WaitAsync(token);
            }, Full(2))
            .AddWorker(DefaultQueue, worker => worker.Concurrency = 2));

        foreach (JobHandle job in await mq.AddMany(2))
            Assert.Contains("would never end", (await job.EndsOtherwise()).Error!.Message, StringComparison.Ordinal);

        static IJobClient ClientOf(JobBatch<JobArgs> batch) => (IJobClient)batch[0].Context.Services.GetService(typeof(IJobClient))!;
    }
}
