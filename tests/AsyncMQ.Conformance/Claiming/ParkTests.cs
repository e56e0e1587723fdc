namespace AsyncMQ.Conformance;

/// <summary>Jobs whose name a worker does not know wait aside for one that does. Source: architecture §3, unknown names.</summary>
public abstract class ParkTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    public async Task Among_many_parked_names_those_that_a_worker_knows_are_found(int known)
    {
        await Store.AddBulk([.. Enumerable.Range(0, 20).Select(i => Job($"job-{i}").Named($"name-{i}").WithPriority(20 - i))]);
        Worker stranger = await Store.OpenWorker("stranger");
        foreach (ClaimedJob job in await stranger.Claim(20))
            await stranger.Park(job);
        await Store.Add(Job("last").Named("name-0").WithPriority(21));

        Worker knowing = await Store.OpenWorker("knowing", knows: [.. Enumerable.Range(20 - known, known).Select(i => $"name-{Math.Abs(i)}")]);

        string[] expected = known == 1 ? ["job-19", "last"] : [.. Enumerable.Range(0, 20).Select(i => $"job-{19 - i}"), "last"];
        Assert.Equal(expected, (await knowing.Claim(30)).Ids());
    }

    [Fact]
    public async Task A_parked_job_is_waiting_with_its_attempt_refunded_and_counted_apart()
    {
        Worker worker = await Parked("a");

        JobRecord job = await Store.Get("a");
        Assert.Equal(JobState.Waiting, job.State);
        Assert.True(job.IsParked);
        Assert.Equal(0, job.Attempt);
        Assert.Empty(job.Attempts);
        QueueCounts counts = await Store.Counts();
        Assert.Equal(1, counts.ByState[(int)JobState.Waiting]);
        Assert.Equal(1, counts.Parked);
        Assert.Equal(["a"], await Store.Page(JobState.Waiting));
        Assert.Empty(await worker.Claims());
    }

    [Fact]
    public async Task A_parked_job_is_not_given_to_a_worker_that_does_not_know_its_name()
    {
        Worker worker = await Parked("a");
        await Store.Add(Job("b"));

        Assert.Equal(["b"], (await worker.Claim(10)).Ids());
        Assert.Empty(await worker.Claim(10));
        Assert.Empty(await (await Store.OpenWorker("another")).Claim(10));
    }

    [Fact]
    public async Task A_parked_job_alone_is_no_work_for_those_who_do_not_know_it()
    {
        Worker worker = await Parked("a");

        Assert.Null((await worker.Exchange(Worker.ClaimOf(1))).NextWork);
    }

    [Fact]
    public async Task A_worker_that_knows_the_name_claims_it_in_its_place()
    {
        await Parked("a");
        await Store.AddBulk(Job("b").WithPriority(1), Job("c"));
        Worker knowing = await Store.OpenWorker("knowing", null, "work", "rare");

        IReadOnlyList<ClaimedJob> claimed = await knowing.Claim(10);

        Assert.Equal(["b", "a", "c"], claimed.Ids());
        Assert.Equal(1, claimed[1].Attempt);
        Assert.False((await Store.Get("a")).IsParked);
        Assert.Equal(0, (await Store.Counts()).Parked);
        Assert.Equal(SettleOutcome.Applied, await knowing.Complete(claimed[1]));
    }

    [Fact]
    public async Task Several_lanes_merge_in_one_order()
    {
        await Store.AddBulk(Job("a").Named("x"), Job("b").Named("y"), Job("c").Named("x").WithPriority(1), Job("d"), Job("e").Named("z"));
        Worker ignorant = await Store.OpenWorker("ignorant");
        foreach (ClaimedJob job in (await ignorant.Claim(10)).Where(job => job.Name != "work"))
            await ignorant.Park(job);

        Worker knowing = await Store.OpenWorker("knowing", null, "x", "y");

        Assert.Equal(["c", "a", "b"], (await knowing.Claim(10)).Ids());
    }

    [Fact]
    public async Task A_parked_job_can_be_cancelled_and_removed()
    {
        await Parked("a");
        await Parked("b");

        Assert.Equal(JobChangeOutcome.Done, (await Store.Do(JobCommand.Cancel, "a")).Outcome);
        Assert.Equal(JobChangeOutcome.Done, (await Store.Do(JobCommand.Remove, "b")).Outcome);

        Assert.Equal(JobState.Cancelled, await Store.StateOf("a"));
        Assert.Equal(0, (await Store.Counts()).Parked);
        Assert.Empty(await (await Store.OpenWorker("knowing", null, "rare")).Claim(10));
    }

    [Fact]
    public async Task A_parked_job_past_its_time_to_live_expires()
    {
        await Store.Add(Job("a").Named("rare").ToLive(10.Seconds()));
        Worker worker = await Store.OpenWorker();
        await worker.Park(await worker.ClaimOne());
        await Store.Advance(11.Seconds());

        Assert.Empty(await (await Store.OpenWorker("knowing", null, "rare")).Claim(10));
        await Store.Maintain();

        Assert.Equal(JobState.Expired, await Store.StateOf("a"));
        Assert.Equal(0, (await Store.Counts()).Parked);
    }

    [Fact]
    public async Task A_job_that_left_its_lane_is_in_the_open_again_after_a_retry()
    {
        await Parked("a");
        Worker knowing = await Store.OpenWorker("knowing", null, "rare");
        await knowing.Retry(await knowing.ClaimOne());

        Assert.False((await Store.Get("a")).IsParked);
        Assert.Equal(["a"], (await (await Store.OpenWorker("ignorant")).Claim(1)).Ids());
    }

    private async Task<Worker> Parked(string id)
    {
        await Store.Add(Job(id).Named("rare"));
        Worker worker = await Store.OpenWorker("ignorant");
        await worker.Park(await worker.ClaimOne());
        return worker;
    }
}
