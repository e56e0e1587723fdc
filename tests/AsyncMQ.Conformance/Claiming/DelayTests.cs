namespace AsyncMQ.Conformance;

/// <summary>Delayed jobs and their promotion. Source: reference behaviour DL-02, Q-05; survey I-23.</summary>
public abstract class DelayTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task A_delayed_job_is_not_claimed_before_its_time_and_is_at_its_time()
    {
        await Store.Add(Job("a").Delayed(10.Seconds()));
        Worker worker = await Store.OpenWorker();

        Assert.Empty(await worker.Claim(1));
        await Store.Advance(9.Seconds());
        Assert.Empty(await worker.Claim(1));
        Assert.Equal(JobState.Delayed, await Store.StateOf("a"));
        await Store.Advance(1.Seconds());

        Assert.Equal(["a"], (await worker.Claim(1)).Ids());
    }

    [Fact]
    public async Task A_delayed_job_tells_its_due_time()
    {
        DateTimeOffset before = await Store.Now();
        await Store.Add(Job("a").Delayed(1.Hours()));

        JobRecord job = await Store.Get("a");

        Assert.Equal(JobState.Delayed, job.State);
        Assert.InRange(job.DueAt!.Value, before.AddHours(1).AddMilliseconds(-1), (await Store.Now()).AddHours(1));
    }

    [Fact]
    public async Task A_run_at_time_is_kept_to_the_millisecond_and_takes_the_place_of_the_delay()
    {
        DateTimeOffset at = DateTimeOffset.FromUnixTimeMilliseconds((await Store.Now()).AddHours(2).ToUnixTimeMilliseconds());

        await Store.Add(Job("a").Delayed(5.Hours()).At(at));

        Assert.Equal(at, (await Store.Get("a")).DueAt);
    }

    [Fact]
    public async Task A_run_at_time_in_the_past_means_at_once()
    {
        await Store.Add(Job("a").At(await Store.Now() - 1.Hours()));
        await Store.Add(Job("b").At(DateTimeOffset.MinValue));

        Assert.Equal(["a", "b"], await Store.Page(JobState.Waiting));
    }

    [Fact]
    public async Task Times_at_the_end_of_the_calendar_are_kept()
    {
        await Store.Add(Job("a").At(DateTimeOffset.MaxValue));
        await Store.Add(Job("b").Delayed(36_525.Days()));

        Assert.Equal(["b", "a"], await Store.Page(JobState.Delayed));
    }

    [Fact]
    public async Task Due_jobs_are_promoted_by_due_time_then_order_of_adding()
    {
        DateTimeOffset tie = await Store.Now() + 20.Seconds();
        await Store.AddBulk(
            Job("late").Delayed(30.Seconds()), Job("tie-1").At(tie), Job("tie-2").At(tie), Job("early").Delayed(10.Seconds()), Job("tie-3").At(tie));
        await Store.Advance(1.Minutes());

        Worker worker = await Store.OpenWorker();

        Assert.Equal(["early", "tie-1", "tie-2", "tie-3", "late"], (await worker.Claim(10)).Ids());
    }

    [Fact]
    public async Task A_promoted_job_goes_behind_those_already_waiting()
    {
        await Store.AddBulk(Job("a").Delayed(1.Seconds()), Job("b"), Job("c").Delayed(1.Seconds()).WithPriority(1));
        await Store.Advance(1.Seconds());

        Worker worker = await Store.OpenWorker();

        Assert.Equal(["c", "b", "a"], (await worker.Claim(10)).Ids());
    }

    [Fact]
    public async Task A_due_job_that_no_one_asked_for_is_still_delayed()
    {
        await Store.Add(Job("a").Delayed(1.Seconds()));
        await Store.Advance(1.Hours());
        Worker worker = await Store.OpenWorker();

        await worker.Claim(1, "other");

        Assert.Equal(JobState.Delayed, await Store.StateOf("a"));
    }

    [Fact]
    public async Task A_promoted_job_has_no_due_time_any_more()
    {
        await Store.Add(Job("a").Delayed(1.Seconds()));

        await Store.Do(JobCommand.Promote, "a");

        JobRecord job = await Store.Get("a");
        Assert.Equal(JobState.Waiting, job.State);
        Assert.Null(job.DueAt);
    }

    [Fact]
    public async Task A_retry_with_a_delay_waits_for_it()
    {
        await Store.Add(Job("a"));
        Worker worker = await Store.OpenWorker();
        await worker.Retry(await worker.ClaimOne(), 10.Seconds(), "boom");

        JobRecord job = await Store.Get("a");
        Assert.Equal(JobState.Delayed, job.State);
        Assert.NotNull(job.DueAt);
        await Store.Advance(9.Seconds());
        Assert.Empty(await worker.Claim(1));
        await Store.Advance(1.Seconds());
        Assert.Equal(2, (await worker.ClaimOne()).Attempt);
    }

    [Fact]
    public async Task The_reply_tells_when_the_next_job_comes_due()
    {
        await Store.Add(Job("a").Delayed(1.Hours()));
        Worker worker = await Store.OpenWorker();

        ExchangeReply reply = await worker.Exchange(Worker.ClaimOf(1));

        Assert.NotNull(reply.NextWork);
        Assert.InRange(reply.NextWork.Value, 59.Minutes(), 1.Hours());
    }

    [Fact]
    public async Task The_reply_says_when_nothing_is_known_to_come()
    {
        Worker worker = await Store.OpenWorker();

        Assert.Null((await worker.Exchange(Worker.ClaimOf(1))).NextWork);
    }

    [Fact]
    public async Task The_reply_says_when_more_is_waiting_now()
    {
        await Store.AddBulk(Batch("a", "b"));
        Worker worker = await Store.OpenWorker();

        Assert.Equal(TimeSpan.Zero, (await worker.Exchange(Worker.ClaimOf(1))).NextWork);
    }

    [Fact]
    public async Task More_than_a_thousand_due_jobs_are_promoted_over_several_steps()
    {
        await Store.AddBulk(Batch(Enumerable.Range(0, 2_500).Select(i => $"job-{i}")).Select(job => job.Delayed(1.Seconds())).ToArray());
        await Store.Advance(1.Minutes());
        Worker worker = await Store.OpenWorker();

        List<string> seen = [];
        for (int step = 0; step < 4; step++)
            seen.AddRange((await worker.Claim(1_000)).Ids());

        Assert.Equal(Enumerable.Range(0, 2_500).Select(i => $"job-{i}"), seen);
    }
}
