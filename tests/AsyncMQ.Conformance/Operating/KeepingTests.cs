using AsyncMQ.Conformance.Working;

namespace AsyncMQ.Conformance.Operating;

/// <summary>Ended jobs go in the background, by a real worker's housekeeping, which also runs at its start. Source: A-20, RT-06, CN-05.</summary>
public abstract class KeepingTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    [Trait("reference", "A-20, RT-06")]
    public async Task By_default_ended_jobs_are_kept_a_day_and_dead_letters_a_fortnight()
    {
        foreach (JobState state in (JobState[])[JobState.Expired, JobState.Completed, JobState.Failed, JobState.Cancelled])
            await Store.Bring($"in-{state}", state);
        await Store.Advance(23.Hours());
        await Store.Bring("young", JobState.Cancelled);
        await Store.Advance(2.Hours());

        await using (AsyncMQHost mq = await Work())
        {
            await Clients.Until(async () => await mq.Queue().GetJobCountAsync() == 2);
            Assert.Equal(["young"], await mq.Ids(JobState.Cancelled));
            Assert.Equal(["in-Failed"], await mq.Ids(JobState.Failed));
        }

        await Store.Advance(14.Days());
        await using (AsyncMQHost mq = await Work())
            await Clients.Until(async () => await mq.Queue().GetJobCountAsync() == 0);
    }

    [Fact]
    [Trait("reference", "A-20")]
    public async Task By_count_the_latest_are_kept_of_any_number()
    {
        await using AsyncMQHost producer = Store.Host();
        await producer.AddMany(3_500);
        await producer.Queue().CancelAsync(new());

        await using AsyncMQHost mq = await Work(new() { Count = 10 });

        await Clients.Until(async () => await mq.Queue().GetJobCountAsync() == 10);
        Assert.Equal(Enumerable.Range(3_490, 10).Reverse().Select(i => $"job-{i}"), await mq.Ids(JobState.Cancelled));
    }

    [Fact]
    public async Task A_queue_follows_its_own_rule_in_every_process()
    {
        await using AsyncMQHost producer = Store.Host(mq => mq.AddQueue("kept", queue => queue.Retention = RetentionPolicy.Forever));
        foreach (string queue in (string[])["kept", "other"])
        {
            await producer.AddMany(5, queue: queue);
            await producer.Queue(queue).CancelAsync(new());
        }

        await using AsyncMQHost mq = await Work(new() { Count = 0 });

        await Clients.Until(async () => await mq.Queue("other").GetJobCountAsync() == 0);
        Assert.Equal(5, await mq.Queue("kept").GetJobCountAsync());
    }

    [Fact]
    [Trait("reference", "CN-05")]
    public async Task A_custom_id_stays_taken_as_long_as_the_age_says_though_the_count_took_the_job()
    {
        await using AsyncMQHost producer = Store.Host();
        await Store.Bring("promised", JobState.Completed);
        await Store.Bring("cancelled", JobState.Cancelled);

        await using (AsyncMQHost mq = await Work(new() { Count = 0, Age = 2.Hours() }))
        {
            await Clients.Until(async () => await mq.Queue().GetJobCountAsync() == 0);
            Assert.Equal(AddOutcome.Duplicate, (await producer.Queue().AddAsync("work", null, new() { JobId = "promised" })).Outcome);
            Assert.Equal(AddOutcome.Created, (await producer.Queue().AddAsync("work", null, new() { JobId = "cancelled" })).Outcome);
            Assert.Null(await producer.Queue().GetJobAsync("promised"));
            Assert.Equal(JobChangeOutcome.NotFound, (await producer.Queue().RemoveJobAsync("promised")).Outcome);
        }

        await Store.Advance(3.Hours());
        await using (AsyncMQHost mq = await Work(new() { Count = 0, Age = 2.Hours() }))
            await Clients.Until(async () => (await producer.Queue().AddAsync("work", null, new() { JobId = "promised" })).Outcome == AddOutcome.Created);
    }

    [Fact]
    public async Task A_job_whose_result_somebody_wants_or_waits_for_is_spared_for_a_minute()
    {
        await Store.Bring("plain", JobState.Completed, Job("plain"));
        await Store.Bring("wanted", JobState.Completed, Job("wanted").WithResultWanted());
        await Store.Add(Job("watched"));
        await Store.Do(JobCommand.Watch, "watched");
        Worker worker = await Store.OpenWorker();
        await worker.Complete(await worker.ClaimOne());

        await using (AsyncMQHost mq = await Work(new() { Count = 0 }))
        {
            await Clients.Until(async () => await mq.Queue().GetJobStateAsync("plain") is null);
            Assert.Equal(["watched", "wanted"], await mq.Ids(JobState.Completed));
        }

        await Store.Advance(61.Seconds());
        await using (AsyncMQHost mq = await Work(new() { Count = 0 }))
            await Clients.Until(async () => await mq.Queue().GetJobCountAsync() == 0);
    }

    [Fact]
    public async Task Jobs_past_their_time_to_live_expire_though_nobody_claims_from_their_queue()
    {
        await using AsyncMQHost producer = Store.Host();
        await producer.Queue("nobody-works").AddAsync("work", null, new() { JobId = "a", TimeToLive = 1.Minutes() });
        await Store.Advance(2.Minutes());

        await using AsyncMQHost mq = await Work();

        await Store.Until(new("nobody-works", "a"), JobState.Expired);
    }

    private Task<AsyncMQHost> Work(RetentionPolicy? retention = null) => Store.Start(mq => mq
        .AddHandler("other", (_, _) => Task.CompletedTask)
        .Configure(options => options.Retention = retention ?? options.Retention)
        .AddWorker("elsewhere"));
}
