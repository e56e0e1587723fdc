using Microsoft.Extensions.DependencyInjection;

namespace AsyncMQ.Conformance.Working;

/// <summary>Two installations in one process never meet.</summary>
public abstract class WorkerInstallationTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task Each_runs_its_own_jobs_of_the_same_name_and_queue()
    {
        await using IJobStore second = await Fixture.CreateAsync();
        var ranHere = new Ledger();
        var ranThere = new Ledger();
        await using AsyncMQHost here = await Store.Start(mq => mq.AddHandler("work", ranHere.Note).AddSleepyWorker());
        await using AsyncMQHost there = await Store.Start(new BorrowedStore(second), mq => mq.AddHandler("work", ranThere.Note).AddSleepyWorker());

        JobHandle one = await here.Client.AddAsync("work", null, new() { JobId = "same" });
        JobHandle two = await there.Client.AddAsync("work", null, new() { JobId = "same" });
        await Task.WhenAll(one.Ends(), two.Ends());

        Assert.Equal((AddOutcome.Created, AddOutcome.Created), (one.Outcome, two.Outcome));
        Assert.Equal((1, 1), (ranHere.Count, ranThere.Count));
    }

    [Fact]
    public async Task A_handler_of_one_may_wait_for_a_job_of_the_other()
    {
        await using IJobStore second = await Fixture.CreateAsync();
        await using AsyncMQHost there = await Store.Start(new BorrowedStore(second), mq => mq
            .AddHandler("work", (_, _) => Task.FromResult("there"))
            .AddSleepyWorker(concurrency: 1));
        await using AsyncMQHost here = await Store.Start(mq => mq
            .AddHandler("work", async (_, token) => (await (await there.Client.AddAsync("work", null, null, token)).WaitAsync(token)).Get<string>())
            .AddSleepyWorker(concurrency: 1));

        JobHandle job = await here.Client.AddAsync("work");

        Assert.Equal("there", (await job.Ends()).Get<string>());
    }

    [Fact]
    public async Task One_that_stops_leaves_the_other_at_work()
    {
        await using IJobStore second = await Fixture.CreateAsync();
        await using AsyncMQHost here = await Store.Start(mq => mq.AddHandler("work", (_, _) => Task.CompletedTask).AddSleepyWorker());
        await using AsyncMQHost there = await Store.Start(new BorrowedStore(second), mq => mq.AddHandler("work", (_, _) => Task.CompletedTask).AddSleepyWorker());

        await there.StopAsync().WaitAsync(Patience);

        await (await here.Client.AddAsync("work")).Ends();
    }

    [Fact]
    public async Task Named_ones_of_one_service_collection_have_a_client_each()
    {
        await using IJobStore second = await Fixture.CreateAsync();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddAsyncMQ(mq => mq.UseStore(_ => new BorrowedStore(Store.Store)));
        services.AddAsyncMQ("reports", mq => mq.UseStore(_ => new BorrowedStore(second)));
        await using ServiceProvider provider = services.BuildServiceProvider();

        await provider.GetRequiredService<IJobClient>().AddAsync("work");
        await provider.GetRequiredKeyedService<IJobClient>("reports").AddAsync("work");

        Assert.Equal(1, await Store.Count(JobState.Waiting));
        Assert.Equal(1, (await second.CountAsync(DefaultQueue, default)).ByState[(int)JobState.Waiting]);
        Assert.Throws<InvalidOperationException>(() => services.AddAsyncMQ(_ => { }));
        Assert.Throws<InvalidOperationException>(() => services.AddAsyncMQ("reports", _ => { }));
    }
}
