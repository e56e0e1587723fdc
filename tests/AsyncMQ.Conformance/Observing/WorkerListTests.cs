using AsyncMQ.Conformance.Working;

namespace AsyncMQ.Conformance.Observing;

/// <summary>The worker processes as users see them.</summary>
public abstract class WorkerListTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task A_worker_tells_who_it_is_and_what_it_works()
    {
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .Configure(options => options.Version = "2.1")
            .AddHandler("work", (_, _) => Task.CompletedTask)
            .AddHandler("other", (_, _) => Task.CompletedTask)
            .AddWorker("mail", worker => worker.Concurrency = 3)
            .AddWorker("etl", worker => worker.Concurrency = 4));

        WorkerInfo worker = Assert.Single(await mq.Client.GetWorkersAsync());

        Assert.Equal((Environment.MachineName, Environment.ProcessId, "2.1", 7), (worker.Host, worker.ProcessId, worker.Version, worker.Concurrency));
        Assert.Equal(["mail", "etl"], worker.Queues);
        Assert.Equal(["other", "work"], worker.JobNames.Order());
        Assert.Equal((0, false), (worker.RunningCount, worker.IsQuiet));
        Assert.InRange(worker.StartedAt, await Store.Now() - 1.Hours(), await Store.Now());
        Assert.True(worker.StartedAt <= worker.RenewedAt && worker.RenewedAt < worker.LeaseUntil);
    }

    [Fact]
    public async Task Without_a_word_the_version_is_that_of_the_program()
    {
        await using AsyncMQHost mq = await Store.Start(mq => mq.AddHandler("work", (_, _) => Task.CompletedTask).AddSleepyWorker());

        Assert.NotEmpty(Assert.Single(await mq.Client.GetWorkersAsync()).Version);
    }

    [Fact]
    public async Task Processes_that_only_produce_are_no_workers_and_one_that_stopped_is_gone()
    {
        await using AsyncMQHost producer = Store.Host();
        await producer.Client.AddAsync("work");
        Assert.Empty(await producer.Client.GetWorkersAsync());
        AsyncMQHost mq = await Store.Start(mq => mq.AddHandler("work", (_, _) => Task.CompletedTask).AddSleepyWorker());
        Assert.Single(await producer.Client.GetWorkersAsync());

        await mq.DisposeAsync();

        Assert.Empty(await producer.Client.GetWorkersAsync());
    }

    [Fact]
    public async Task The_jobs_that_a_worker_holds_are_told_with_since_when()
    {
        var gate = new Gate();
        await using AsyncMQHost mq = await Store.Start(mq => mq.AddHandler("work", (_, token) => gate.Pass(token)).AddSleepyWorker());
        await mq.AddMany(3);
        await Hosts.Until(() => gate.Entered == 3);
        WorkerInfo worker = Assert.Single(await mq.Client.GetWorkersAsync());

        IReadOnlyList<JobInfo> jobs = await mq.Client.GetWorkerJobsAsync(worker.Id);

        Assert.Equal(3, worker.RunningCount);
        Assert.Equal(["job-0", "job-1", "job-2"], jobs.Select(job => job.Id).Order());
        Assert.All(jobs, job => Assert.Equal((JobState.Active, worker.Name), (job.State, job.Worker)));
        Assert.All(jobs, job => Assert.InRange(job.StartedAt!.Value, worker.StartedAt, DateTimeOffset.MaxValue));
        Assert.Empty(await mq.Client.GetWorkerJobsAsync(new string('0', 32)));
        gate.Open();
        await Store.Until(3, JobState.Completed);
        Assert.Empty(await mq.Client.GetWorkerJobsAsync(worker.Id));
    }

    [Fact]
    public async Task Queues_that_live_workers_work_are_listed_though_they_are_empty()
    {
        await using AsyncMQHost producer = Store.Host();
        await producer.Queue("b").AddAsync("work");
        await using (await Store.Start(mq => mq.AddHandler("work", (_, _) => Task.CompletedTask).AddWorker("a").AddWorker("c").AddWorker("b")))
            Assert.Equal(["a", "b", "c"], await producer.Client.GetQueuesAsync());

        Assert.Equal(["b"], await producer.Client.GetQueuesAsync());
    }
}
