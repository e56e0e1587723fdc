namespace AsyncMQ.Conformance;

/// <summary>Time-to-live bounds the start of an attempt. Source: reference behaviour TT-01, TT-02.</summary>
public abstract class TtlTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task A_job_past_its_time_to_live_is_expired_instead_of_claimed()
    {
        await Store.AddBulk(Job("a").ToLive(10.Seconds()), Job("b"));
        await Store.Advance(11.Seconds());
        Worker worker = await Store.OpenWorker();

        Assert.Equal(["b"], (await worker.Claim(1)).Ids());

        JobRecord job = await Store.Get("a");
        Assert.Equal(JobState.Expired, job.State);
        Assert.Equal(0, job.Attempt);
        Assert.NotNull(job.FinishedAt);
    }

    [Fact]
    public async Task A_job_within_its_time_to_live_is_claimed_and_may_run_longer()
    {
        await Store.Add(Job("a").ToLive(10.Seconds()));
        await Store.Advance(9.Seconds());
        Worker worker = await Store.OpenWorker();
        ClaimedJob claimed = await worker.ClaimOne();
        await Store.Advance(1.Hours());

        Assert.Equal(SettleOutcome.Applied, await worker.Complete(claimed));
    }

    [Fact]
    public async Task Housekeeping_expires_waiting_jobs_that_nobody_claims()
    {
        await Store.AddBulk(Job("a").ToLive(10.Seconds()), Job("b").ToLive(1.Hours()), Job("c"));
        await Store.Advance(11.Seconds());

        MaintainReply reply = await Store.Maintain();

        Assert.Equal(1, reply.Expired);
        Assert.Equal(JobState.Expired, await Store.StateOf("a"));
        Assert.Equal(["b", "c"], await Store.Page(JobState.Waiting));
    }

    [Fact]
    public async Task A_delay_counts_against_the_time_to_live()
    {
        await Store.Add(Job("a").Delayed(20.Seconds()).ToLive(10.Seconds()));
        await Store.Advance(30.Seconds());
        Worker worker = await Store.OpenWorker();

        Assert.Empty(await worker.Claim(1));

        Assert.Equal(JobState.Expired, await Store.StateOf("a"));
    }

    [Fact]
    public async Task A_delayed_job_that_can_start_no_more_is_expired_before_its_delay_is_over_by_a_claim()
    {
        await Store.AddBulk(Job("a").Delayed(1.Hours()).ToLive(10.Seconds()), Job("b").Delayed(1.Hours()));
        Worker worker = await Store.OpenWorker();
        Assert.Empty(await worker.Claim(1));
        Assert.Equal(JobState.Delayed, await Store.StateOf("a"));
        await Store.Advance(11.Seconds());

        Assert.Empty(await worker.Claim(1));

        Assert.Equal((JobState.Expired, JobState.Delayed), (await Store.StateOf("a"), await Store.StateOf("b")));
    }

    [Fact]
    public async Task A_delayed_job_that_can_start_no_more_is_expired_before_its_delay_is_over_by_housekeeping()
    {
        await Store.AddBulk(Job("a").Delayed(1.Hours()).ToLive(10.Seconds()), Job("b").Delayed(1.Hours()));
        await Store.Advance(11.Seconds());

        Assert.Equal(1, (await Store.Maintain()).Expired);

        Assert.Equal((JobState.Expired, JobState.Delayed), (await Store.StateOf("a"), await Store.StateOf("b")));
    }

    [Fact]
    public async Task A_retry_does_not_count_it_anew()
    {
        await Store.Add(Job("a").ToLive(10.Seconds()));
        Worker worker = await Store.OpenWorker();
        await worker.Retry(await worker.ClaimOne(), 8.Seconds());
        await Store.Advance(11.Seconds());

        Assert.Empty(await worker.Claim(1));

        Assert.Equal(JobState.Expired, await Store.StateOf("a"));
    }

    [Fact]
    public async Task A_retry_by_hand_counts_it_anew()
    {
        await Store.Add(Job("a").ToLive(10.Seconds()));
        await Store.Advance(11.Seconds());
        await Store.Maintain();

        Assert.Equal(JobChangeOutcome.Done, (await Store.Do(JobCommand.Retry, "a")).Outcome);
        await Store.Advance(9.Seconds());
        Worker worker = await Store.OpenWorker();

        Assert.Equal(["a"], (await worker.Claim(1)).Ids());
    }

    [Fact]
    public async Task A_job_handed_back_after_its_time_to_live_is_not_started_again()
    {
        await Store.Add(Job("a").ToLive(10.Seconds()));
        Worker worker = await Store.OpenWorker();
        ClaimedJob claimed = await worker.ClaimOne();
        await Store.Advance(11.Seconds());

        Assert.Equal(SettleOutcome.Applied, await worker.HandBack(claimed));

        Assert.Empty(await worker.Claim(1));
        Assert.Equal(JobState.Expired, await Store.StateOf("a"));
    }

    [Fact]
    public async Task A_backlog_of_expired_jobs_does_not_stop_the_claim_for_long()
    {
        await Store.AddBulk([.. Batch(Enumerable.Range(0, 2_500).Select(i => $"job-{i}")).Select(job => job.ToLive(1.Seconds())), Job("alive")]);
        await Store.Advance(1.Minutes());
        Worker worker = await Store.OpenWorker();

        List<string> seen = [];
        for (int step = 0; step < 4; step++)
            seen.AddRange((await worker.Claim(1)).Ids());

        Assert.Equal(["alive"], seen);
        Assert.Equal(2_500, await Store.Count(JobState.Expired));
    }
}
