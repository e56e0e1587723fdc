namespace AsyncMQ.Conformance;

/// <summary>How long ended jobs are kept, whom retention spares, and the tombstones of custom ids. Survey I-18, I-34.</summary>
public abstract class RetentionTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task Ended_jobs_older_than_the_age_are_removed()
    {
        await End("old");
        await Store.Advance(30.Minutes());
        await End("young");
        await Store.Add(Job("waiting"));
        await Store.Advance(31.Minutes());

        MaintainReply reply = await Store.Maintain(RetentionPolicy.Forever with { Age = 1.Hours() });

        Assert.Equal(1, reply.Removed);
        Assert.Equal(["young"], await Store.Page(JobState.Completed));
        Assert.Equal(["waiting"], await Store.Page(JobState.Waiting));
    }

    [Fact]
    public async Task Only_the_latest_count_of_ended_jobs_is_kept()
    {
        foreach (string id in (string[])["a", "b", "c", "d", "e"])
        {
            await End(id);
            await Store.Advance(1.Seconds());
        }

        MaintainReply reply = await Store.Maintain(RetentionPolicy.Forever with { Count = 2 });

        Assert.Equal(3, reply.Removed);
        Assert.Equal(["e", "d"], await Store.Page(JobState.Completed));
    }

    [Fact]
    public async Task Of_jobs_that_completed_together_the_latest_are_kept()
    {
        await EndTogether("a", "b", "c", "d", "e");
        string[] latestFirst = await Store.Page(JobState.Completed);

        Assert.Equal(3, (await Store.Maintain(RetentionPolicy.Forever with { Count = 2 })).Removed);
        Assert.Equal(latestFirst[..2], await Store.Page(JobState.Completed));
        Assert.Equal(1, (await Store.Maintain(RetentionPolicy.Forever with { Count = 1 })).Removed);
        Assert.Equal(latestFirst[..1], await Store.Page(JobState.Completed));
    }

    [Fact]
    public async Task Of_jobs_that_completed_together_the_one_that_another_waits_for_is_spared()
    {
        await EndTogether("a", "b", "c", "d", "e", "f", "g", "h");
        await Store.Add(Job("dependent").DependsOn("b").Delayed(1.Hours()));

        Assert.Equal(7, (await Store.Maintain(RetentionPolicy.Forever with { Count = 0 })).Removed);
        Assert.Equal(["b"], await Store.Page(JobState.Completed));
        await Store.Do(JobCommand.Cancel, "dependent");
        Assert.Equal(2, (await Store.Maintain(RetentionPolicy.Forever with { Count = 0 })).Removed);
    }

    [Fact]
    public async Task Of_jobs_that_completed_together_one_can_be_retried_and_another_removed()
    {
        await EndTogether("a", "b", "c", "d", "e", "f", "g", "h");
        await Store.Do(JobCommand.Retry, "a");
        await Store.Do(JobCommand.Remove, "b");

        Assert.Equal(6, (await Store.Maintain(RetentionPolicy.Forever with { Count = 0 })).Removed);
        Assert.Empty(await Store.Page(JobState.Completed));
        Assert.Equal(["a"], await Store.Page(JobState.Waiting));
    }

    [Fact]
    public async Task Completed_cancelled_and_expired_jobs_share_one_count_and_failed_ones_have_their_own()
    {
        foreach (JobState state in (JobState[])[JobState.Completed, JobState.Failed, JobState.Expired, JobState.Cancelled])
        {
            await Store.Bring($"{state}-1", state, Job($"{state}-1"));
            await Store.Bring($"{state}-2", state, Job($"{state}-2"));
            await Store.Advance(1.Seconds());
        }

        await Store.Maintain(RetentionPolicy.Forever with { Count = 3, FailedCount = 1 });

        Assert.Equal(["Failed-2"], await Store.Page(JobState.Failed));
        Assert.Empty(await Store.Page(JobState.Completed));
        Assert.Equal(["Expired-2"], await Store.Page(JobState.Expired));
        Assert.Equal(["Cancelled-2", "Cancelled-1"], await Store.Page(JobState.Cancelled));
    }

    [Fact]
    public async Task Failed_jobs_have_an_age_of_their_own()
    {
        await End("a");
        await End("b", SettlementKind.Fail);
        await Store.Advance(2.Hours());

        await Store.Maintain(RetentionPolicy.Forever with { Age = 1.Hours(), FailedAge = 3.Hours() });
        Assert.Equal((null, JobState.Failed), (await Store.StateOf("a"), await Store.StateOf("b")));
        await Store.Advance(2.Hours());
        await Store.Maintain(RetentionPolicy.Forever with { Age = 1.Hours(), FailedAge = 3.Hours() });

        Assert.Null(await Store.StateOf("b"));
    }

    [Fact]
    public async Task A_queue_with_a_rule_of_its_own_follows_it()
    {
        await End("a");
        await End("b", queue: "other");
        await Store.Do(new QueueCommand.SetRetention(RetentionPolicy.Forever), "other");

        await Store.Maintain(RetentionPolicy.Forever with { Count = 0 });

        Assert.Null(await Store.StateOf("a"));
        Assert.Equal(JobState.Completed, await Store.StateOf("b", "other"));
    }

    [Fact]
    public async Task A_limit_cuts_the_work_short_and_says_so()
    {
        await Store.AddBulk(Batch(Enumerable.Range(0, 25).Select(i => $"job-{i}")));
        Worker worker = await Store.OpenWorker();
        await worker.SettleAll([.. (await worker.Claim(25)).Select(job => Worker.Settlement(job, SettlementKind.Complete))]);

        int removed = 0;
        MaintainReply reply;
        do
        {
            reply = await Store.Maintain(RetentionPolicy.Forever with { Count = 5 }, limit: 10);
            Assert.InRange(reply.Removed, 0, 10);
            removed += reply.Removed;
        }
        while (reply.More);

        Assert.Equal(20, removed);
        Assert.Equal(5, await Store.Count(JobState.Completed));
    }

    [Fact]
    public async Task A_custom_id_stays_taken_as_long_as_the_age_says_when_the_count_took_the_record()
    {
        var retention = RetentionPolicy.Forever with { Age = 1.Hours(), Count = 0 };
        NewJob job = Job("a").WithCustomId();
        await Store.Bring("a", JobState.Completed, job);
        Assert.Equal(1, (await Store.Maintain(retention)).Removed);

        Assert.Null(await Store.Find("a"));
        Assert.Equal(AddOutcome.Duplicate, (await Store.Add(Job("a").WithCustomId())).Outcome);
        Assert.Equal(AddOutcome.Created, (await Store.Add(job)).Outcome);
        Assert.Null(await Store.Find("a"));
        await Store.Advance(59.Minutes());
        await Store.Maintain(retention);
        Assert.Equal(AddOutcome.Duplicate, (await Store.Add(Job("a").WithCustomId())).Outcome);
        await Store.Advance(2.Minutes());
        await Store.Maintain(retention);

        Assert.Equal(AddOutcome.Created, (await Store.Add(Job("a").WithCustomId())).Outcome);
    }

    [Fact]
    public async Task A_generated_id_leaves_no_tombstone()
    {
        await End("a");
        await Store.Maintain(RetentionPolicy.Forever with { Count = 0 });

        Assert.Equal(AddOutcome.Created, (await Store.Add(Job("a"))).Outcome);
    }

    [Fact]
    public async Task A_custom_id_whose_record_went_by_age_is_free()
    {
        await Store.Bring("a", JobState.Completed);
        await Store.Advance(2.Hours());
        await Store.Maintain(RetentionPolicy.Forever with { Age = 1.Hours() });

        Assert.Equal(AddOutcome.Created, (await Store.Add(Job("a").WithCustomId())).Outcome);
    }

    [Fact]
    public async Task A_cancelled_custom_id_is_free_when_the_count_took_the_record()
    {
        await Store.Bring("a", JobState.Cancelled);
        await Store.Maintain(RetentionPolicy.Forever with { Count = 0 });

        Assert.Equal(AddOutcome.Created, (await Store.Add(Job("a").WithCustomId())).Outcome);
    }

    [Fact]
    public async Task A_job_whose_result_is_wanted_or_that_is_watched_is_spared_for_a_minute()
    {
        var retention = RetentionPolicy.Forever with { Count = 0 };
        await Store.Bring("wanted", JobState.Completed, Job("wanted").WithResultWanted());
        (Worker worker, ClaimedJob claim) = (await Store.Bring("watched", JobState.Active, Job("watched")))!.Value;
        await Store.Do(JobCommand.Watch, "watched");
        await worker.Complete(claim);
        await End("plain");

        await Store.Maintain(retention);
        Assert.Null(await Store.StateOf("plain"));
        await Store.Advance(55.Seconds());
        await Store.Maintain(retention);
        Assert.Equal(["watched", "wanted"], await Store.Page(JobState.Completed));
        await Store.Advance(6.Seconds());
        await Store.Maintain(retention);

        Assert.Empty(await Store.Page(JobState.Completed));
    }

    [Fact]
    public async Task Housekeeping_with_nothing_to_do_does_nothing()
    {
        Assert.Equal(new MaintainReply(0, 0, false), await Store.Maintain(RetentionPolicy.Default));
    }

    private async Task EndTogether(params string[] ids)
    {
        await Store.AddBulk(Batch(ids));
        Worker worker = await Store.OpenWorker();
        await worker.SettleAll([.. (await worker.Claim(ids.Length)).Select(job => Worker.Settlement(job, SettlementKind.Complete))]);
        await worker.Close();
    }

    private async Task End(string id, SettlementKind kind = SettlementKind.Complete, string queue = DefaultQueue)
    {
        await Store.Add(Job(id).In(queue));
        Worker worker = await Store.OpenWorker();
        Assert.Equal(SettleOutcome.Applied, await worker.Settle(Worker.Settlement(await worker.ClaimOne(queue), kind)));
        await worker.Close();
    }
}
